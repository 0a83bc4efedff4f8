-- A browser is signed in; the account is noted as used.
WITH begun AS (
    INSERT INTO geoapp.account_session (city_code, account_id, token_sha256, user_agent)
    VALUES (:city_code, :account_id, :token_sha256, :user_agent)
    RETURNING id
)
UPDATE geoapp.account SET last_login_at = now()
FROM begun
WHERE city_code = :city_code AND account.id = :account_id AND account.active
RETURNING begun.id
