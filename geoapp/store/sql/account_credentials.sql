-- What the door compares with, of the one account that is meant; switched-off ones aren't there.
SELECT id AS account_id, name, email, password_hash, uniquifier,
    CASE WHEN totp_method IS NOT NULL THEN totp_secret END AS totp_secret,
    recovery_codes <> '{}' AS has_recovery_codes
FROM geoapp.account
WHERE city_code = :city_code
    AND kind = 'person'
    AND active
    AND (email = :email OR id = :account_id OR uniquifier = :uniquifier)
