-- Ends an account's sessions: one of them, or all but one. Another account's are never touched.
UPDATE geoapp.account_session SET ended_at = now()
WHERE city_code = :city_code
    AND account_id = :account_id
    AND ended_at IS NULL
    AND (CAST(:only AS bigint) IS NULL OR id = :only)
    AND (CAST(:keep AS bigint) IS NULL OR id <> :keep)
