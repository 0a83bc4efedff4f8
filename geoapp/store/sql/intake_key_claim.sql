-- Claim an Idempotency-Key until the transaction ends, then read what an earlier holder
-- left. Two statements in one message: the second has a snapshot of its own, so it sees
-- what was committed while the first waited.
SELECT pg_advisory_xact_lock(74033, hashtext(:city_code || ' ' || :key));
SELECT body_sha256, answer
FROM geoapp.intake_key
WHERE city_code = :city_code AND key = :key
