-- The oldest idempotency keys, found by the index on created_at.
DELETE FROM geoapp.intake_key
WHERE (city_code, key) IN (
    SELECT city_code, key
    FROM geoapp.intake_key
    WHERE created_at < :before
    ORDER BY created_at
    LIMIT :batch)
