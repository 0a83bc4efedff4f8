-- Sessions that have been over for long, a batch of them.
DELETE FROM geoapp.account_session
USING (
    SELECT city_code, id
    FROM geoapp.account_session
    WHERE coalesce(ended_at, last_seen_at) < :before
    LIMIT :batch
) AS old
WHERE account_session.city_code = old.city_code AND account_session.id = old.id
