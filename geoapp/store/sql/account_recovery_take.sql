-- Takes a recovery code, once; how many are left.
UPDATE geoapp.account
SET recovery_codes = array_remove(recovery_codes, :code_sha256)
WHERE city_code = :city_code
    AND id = :account_id
    AND active
    AND :code_sha256 = ANY (recovery_codes)
RETURNING cardinality(recovery_codes) AS remaining
