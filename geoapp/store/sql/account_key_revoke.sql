UPDATE geoapp.api_key SET revoked_at = now()
WHERE city_code = :city_code AND id = :key_id AND revoked_at IS NULL
RETURNING account_id
