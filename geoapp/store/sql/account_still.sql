-- Of sessions and keys, by the digests of what their holders bring, those still in force: with
-- their account and its grants, as account_at_door and account_by_key tell them. Nothing is
-- noted: somebody whose page is only open isn't there.
SELECT held.digest, held.account_id, held.name, held.has_factor, held.scopes,
       geoapp.grants_held(:city_code, held.account_id) AS grants
FROM (
    SELECT account_session.token_sha256 AS digest, account.id AS account_id, account.name,
           account.totp_secret IS NOT NULL AS has_factor, cast(NULL AS text[]) AS scopes
    FROM geoapp.account_session
    JOIN geoapp.account ON account.city_code = account_session.city_code
                       AND account.id = account_session.account_id
    WHERE account_session.city_code = :city_code
      AND account_session.token_sha256 = ANY (:digests)
      AND account_session.ended_at IS NULL
      AND account_session.last_seen_at > now() - make_interval(secs => :idle_s)
      AND account_session.created_at > now() - make_interval(secs => :longest_s)
      AND account.active
    UNION ALL
    SELECT api_key.key_sha256, account.id, account.name, true, api_key.scopes
    FROM geoapp.api_key
    JOIN geoapp.account ON account.city_code = api_key.city_code
                       AND account.id = api_key.account_id
    WHERE api_key.city_code = :city_code
      AND api_key.key_sha256 = ANY (:digests)
      AND api_key.revoked_at IS NULL
      AND (api_key.expires_at IS NULL OR api_key.expires_at > now())
      AND account.active
) AS held
