-- Whether this transaction may seal the city: one at a time. A statement of its own, so
-- that the next one sees what the last holder committed.
SELECT pg_try_advisory_xact_lock(hashtextextended('geoapp seal ' || :city, 0))
