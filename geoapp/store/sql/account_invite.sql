-- A link of its own for the account; links that were open are void.
WITH void AS (
    UPDATE geoapp.invitation SET used_at = now()
    WHERE city_code = :city_code AND account_id = :account_id AND used_at IS NULL
)
INSERT INTO geoapp.invitation (city_code, account_id, token_sha256, created_by, expires_at)
SELECT :city_code, account.id, :token_sha256, :created_by, now() + make_interval(days => :days)
FROM geoapp.account
WHERE city_code = :city_code AND account.id = :account_id AND kind = 'person' AND active
RETURNING expires_at
