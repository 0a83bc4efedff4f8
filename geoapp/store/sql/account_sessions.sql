-- An account's browsers that are signed in, the last used first.
SELECT id, user_agent, created_at, last_seen_at
FROM geoapp.account_session
WHERE city_code = :city_code
    AND account_id = :account_id
    AND ended_at IS NULL
    AND last_seen_at > now() - make_interval(secs => :idle_s)
    AND created_at > now() - make_interval(secs => :longest_s)
ORDER BY last_seen_at DESC, id DESC
