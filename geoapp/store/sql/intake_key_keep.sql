-- Remember what was answered to an Idempotency-Key. The primary key stands behind the lock
-- of intake_key_claim: a second holder would fail here, and store nothing.
INSERT INTO geoapp.intake_key (city_code, key, body_sha256, answer)
VALUES (:city_code, :key, :body_sha256, cast(:answer AS jsonb))
