-- A second factor, with the counter of the code that proved it, and its recovery codes.
-- Nulls take it away. Someone with a factor in force sets a new one only after giving it up.
UPDATE geoapp.account
SET totp_secret = :totp_secret,
    totp_method = CASE WHEN :totp_secret IS NULL THEN NULL ELSE 'authenticator' END,
    totp_counter = :totp_counter,
    recovery_codes = :recovery_codes
WHERE city_code = :city_code
    AND id = :account_id
    AND active
    AND (:totp_secret IS NULL OR totp_method IS NULL)
RETURNING id
