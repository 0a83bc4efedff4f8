-- The city's accounts, or one of them, with what they hold.
SELECT account.id, account.kind, account.name, account.email, account.active,
    account.password_hash IS NOT NULL AS has_password,
    account.totp_method IS NOT NULL AS has_totp,
    account.created_at, account.last_login_at,
    (
        SELECT max(invitation.expires_at) FROM geoapp.invitation
        WHERE invitation.city_code = account.city_code AND invitation.account_id = account.id
            AND invitation.used_at IS NULL AND invitation.expires_at > now()
    ) AS invited_until,
    (
        SELECT count(*) FROM geoapp.account_session
        WHERE account_session.city_code = account.city_code
            AND account_session.account_id = account.id
            AND account_session.ended_at IS NULL
            AND account_session.last_seen_at > now() - make_interval(secs => :idle_s)
            AND account_session.created_at > now() - make_interval(secs => :longest_s)
    ) AS sessions,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', account_grant.id,
            'role', account_grant.role,
            'agency_code', account_grant.agency_code,
            'kelurahan', account_grant.kelurahan_codes,
            'kecamatan', account_grant.kecamatan_codes,
            'service_areas', account_grant.service_area_codes) ORDER BY account_grant.id), '[]')
        FROM geoapp.account_grant
        WHERE account_grant.city_code = account.city_code
            AND account_grant.account_id = account.id
            AND account_grant.revoked_at IS NULL
    ) AS grants
FROM geoapp.account
WHERE account.city_code = :city_code
    AND (CAST(:account_id AS bigint) IS NULL OR account.id = :account_id)
ORDER BY account.active DESC, account.kind DESC, lower(account.name), account.id
