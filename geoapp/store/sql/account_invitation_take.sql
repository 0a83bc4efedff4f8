-- Uses an invitation, once.
UPDATE geoapp.invitation SET used_at = now()
WHERE city_code = :city_code
    AND token_sha256 = :token_sha256
    AND used_at IS NULL
    AND expires_at > now()
RETURNING account_id
