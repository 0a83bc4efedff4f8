-- Filters that the account sees, its own first; (:id) that one alone.
SELECT kept.id, kept.name, kept.query, kept.shared, account.name AS owner, kept.mine,
       kept.mine OR current_setting('geoapp.administers', true) = 'on' AS may_change
FROM (
    SELECT saved_filter.*,
           account_id = nullif(current_setting('geoapp.account', true), '')::bigint AS mine
    FROM geoapp.saved_filter
    WHERE city_code = :city_code AND (cast(:id AS bigint) IS NULL OR id = cast(:id AS bigint))
) AS kept
JOIN geoapp.account ON account.city_code = kept.city_code AND account.id = kept.account_id
ORDER BY kept.mine DESC, lower(kept.name), kept.id
