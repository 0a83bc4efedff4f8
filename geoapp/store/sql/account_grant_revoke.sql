UPDATE geoapp.account_grant SET revoked_at = now()
WHERE city_code = :city_code AND id = :grant_id AND account_id = :account_id
    AND revoked_at IS NULL
RETURNING role
