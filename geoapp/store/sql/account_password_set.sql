-- A new password, and a new uniquifier: what was half signed in with the old one is void.
UPDATE geoapp.account
SET password_hash = :password_hash,
    uniquifier = replace(gen_random_uuid()::text, '-', '')
WHERE city_code = :city_code AND id = :account_id AND active
RETURNING uniquifier
