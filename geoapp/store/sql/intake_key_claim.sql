-- Claim an Idempotency-Key. Of two at the same moment the second waits here for the
-- first's commit and then gets no row; an earlier holder's answer is read instead.
INSERT INTO geoapp.intake_key (city_code, key, body_sha256)
VALUES (:city_code, :key, :body_sha256)
ON CONFLICT (city_code, key) DO NOTHING
RETURNING key
