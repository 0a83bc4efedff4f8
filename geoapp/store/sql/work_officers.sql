-- Whom an agency can give a complaint to: who may work on the spot for it, or for all. The
-- areas of all such grants together; a grant without any is the whole city, told as none.
SELECT account.id, account.name,
       CASE WHEN held.everywhere THEN '{}' ELSE held.kelurahan END AS kelurahan,
       CASE WHEN held.everywhere THEN '{}' ELSE held.kecamatan END AS kecamatan,
       CASE WHEN held.everywhere THEN '{}' ELSE held.service_areas END AS service_areas
FROM geoapp.account
CROSS JOIN LATERAL (
    SELECT count(DISTINCT account_grant.id) AS grants,
           bool_or(account_grant.kelurahan_codes = '{}' AND account_grant.kecamatan_codes = '{}'
                   AND account_grant.service_area_codes = '{}') AS everywhere,
           coalesce(array_agg(DISTINCT area.code ORDER BY area.code)
                    FILTER (WHERE area.layer = 'k'), '{}') AS kelurahan,
           coalesce(array_agg(DISTINCT area.code ORDER BY area.code)
                    FILTER (WHERE area.layer = 'c'), '{}') AS kecamatan,
           coalesce(array_agg(DISTINCT area.code ORDER BY area.code)
                    FILTER (WHERE area.layer = 's'), '{}') AS service_areas
    FROM geoapp.account_grant
    LEFT JOIN LATERAL (
        SELECT 'k' AS layer, code FROM unnest(account_grant.kelurahan_codes) AS code
        UNION ALL
        SELECT 'c', code FROM unnest(account_grant.kecamatan_codes) AS code
        UNION ALL
        SELECT 's', code FROM unnest(account_grant.service_area_codes) AS code
    ) AS area ON true
    WHERE account_grant.city_code = account.city_code
      AND account_grant.account_id = account.id
      AND account_grant.revoked_at IS NULL
      AND account_grant.role IN ('field_officer', 'agency_admin')
      AND coalesce(account_grant.agency_code, :agency) = :agency
) AS held
WHERE account.city_code = :city_code AND account.active AND held.grants > 0
ORDER BY account.name, account.id
