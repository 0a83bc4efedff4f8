-- Who holds a session: the account with its grants, in the same statement that notes it was seen.
-- Always one row; nulls for a session that ended, idled or grew too old, and for accounts that
-- were switched off. At most one write a minute per session.
WITH found AS (
    SELECT account_session.id, account_session.account_id, account_session.last_seen_at,
        account.name, account.totp_secret IS NOT NULL AS has_factor
    FROM geoapp.account_session
    JOIN geoapp.account
        ON account.city_code = account_session.city_code
        AND account.id = account_session.account_id
    WHERE account_session.city_code = :city_code
        AND account_session.token_sha256 = :token_sha256
        AND account_session.ended_at IS NULL
        AND account_session.last_seen_at > now() - make_interval(secs => :idle_s)
        AND account_session.created_at > now() - make_interval(secs => :longest_s)
        AND account.active
),
seen AS (
    UPDATE geoapp.account_session SET last_seen_at = now()
    FROM found
    WHERE account_session.city_code = :city_code
        AND account_session.id = found.id
        AND account_session.last_seen_at < now() - interval '1 minute'
)
SELECT found.id AS session_id, found.account_id, found.name, found.has_factor,
    geoapp.grants_held(:city_code, found.account_id) AS grants
FROM (SELECT) AS asked
LEFT JOIN found ON true
