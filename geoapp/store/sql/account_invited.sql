-- Whose an invitation is that can still be used.
SELECT account.id AS account_id, account.name, account.email
FROM geoapp.invitation
JOIN geoapp.account
    ON account.city_code = invitation.city_code AND account.id = invitation.account_id
WHERE invitation.city_code = :city_code
    AND invitation.token_sha256 = :token_sha256
    AND invitation.used_at IS NULL
    AND invitation.expires_at > now()
    AND account.active
