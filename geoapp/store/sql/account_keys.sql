-- Keys of the city's machines, the newest first.
SELECT account_id, id, name, hint, scopes, created_at, expires_at, revoked_at, last_used_at
FROM geoapp.api_key
WHERE city_code = :city_code
    AND (CAST(:account_id AS bigint) IS NULL OR account_id = :account_id)
ORDER BY id DESC
