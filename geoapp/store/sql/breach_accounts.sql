-- The accounts in question with their roles and sessions of the time; keys are of accounts.
SELECT account.id, account.name, account.kind, account.active,
       (SELECT coalesce(jsonb_agg(DISTINCT held.role), '[]')
        FROM geoapp.account_grant AS held
        WHERE held.city_code = account.city_code AND held.account_id = account.id
          AND held.granted_at < :until
          AND (held.revoked_at IS NULL OR held.revoked_at >= :since)) AS roles,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'from', session.created_at, 'last_seen', session.last_seen_at,
            'ended', session.ended_at, 'browser', left(session.user_agent, 200))
            ORDER BY session.created_at), '[]')
        FROM geoapp.account_session AS session
        WHERE session.city_code = account.city_code AND session.account_id = account.id
          AND session.created_at < :until AND session.last_seen_at >= :since) AS sessions,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', key.id, 'name', key.name, 'hint', key.hint, 'scopes', key.scopes,
            'created', key.created_at, 'last_used', key.last_used_at,
            'revoked', key.revoked_at) ORDER BY key.id), '[]')
        FROM geoapp.api_key AS key
        WHERE key.city_code = account.city_code AND key.account_id = account.id
          AND key.created_at < :until
          AND (key.revoked_at IS NULL OR key.revoked_at >= :since)) AS keys
FROM geoapp.account
WHERE account.city_code = :city
  AND (account.id = ANY (cast(:accounts AS bigint[]))
       OR account.id IN (SELECT account_id FROM geoapp.api_key
                         WHERE city_code = :city AND id = ANY (cast(:keys AS bigint[]))))
ORDER BY account.id
