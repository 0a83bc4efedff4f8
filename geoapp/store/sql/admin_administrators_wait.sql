-- Whoever takes an administration away waits for the others who do: two administrators who
-- take each other's away at the same moment would leave nobody.
SELECT pg_advisory_xact_lock(hashtextextended('geoapp administrators ' || :city_code, 0))
