-- Takes a code of the second factor, once: of two at the same moment the later waits for the
-- row, compares again with what the first wrote, and finds nothing.
UPDATE geoapp.account
SET totp_counter = :counter
WHERE city_code = :city_code
    AND id = :account_id
    AND active
    AND (totp_counter IS NULL OR totp_counter < :counter)
RETURNING id
