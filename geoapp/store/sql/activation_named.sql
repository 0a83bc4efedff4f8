-- Codes that grants, kept filters or the service areas in force name and that a set lacks. For a set of
-- kelurahan its codes and those of their kecamatan, for one of service areas theirs, and the
-- kelurahan that its own rules name and that aren't in force any more.
WITH target AS (
    SELECT city_code, id, layer
    FROM geoapp.boundary_set
    WHERE city_code = :city_code AND id = :set_id
),
-- What a set of service areas may name.
in_force AS MATERIALIZED (
    SELECT area.code
    FROM target
    JOIN geoapp.boundary_set AS sets ON sets.city_code = target.city_code
                                    AND sets.layer = 'kelurahan' AND sets.status = 'active'
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE target.layer = 'service_area'
),
known AS (
    SELECT 'kelurahan' AS level, area.code
    FROM target JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.id
    UNION
    SELECT 'kecamatan', area.parent_code
    FROM target JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.id
    WHERE area.parent_code IS NOT NULL
    UNION
    SELECT 'service_area', service_area.code
    FROM target
    JOIN geoapp.service_area ON service_area.city_code = target.city_code
                            AND service_area.set_id = target.id
    UNION
    SELECT 'kelurahan', in_force.code FROM in_force
),
named AS (
    SELECT CASE held.level WHEN 'service_area' THEN 'service_area' ELSE 'kelurahan' END AS layer,
           held.level, held.code, 'grant' AS kind, account.name AS who,
           cast(account_grant.id AS text) AS id
    FROM geoapp.account_grant
    JOIN geoapp.account ON account.city_code = account_grant.city_code
                       AND account.id = account_grant.account_id
    CROSS JOIN LATERAL (
        SELECT 'kelurahan', code FROM unnest(account_grant.kelurahan_codes) AS code
        UNION ALL
        SELECT 'kecamatan', code FROM unnest(account_grant.kecamatan_codes) AS code
        UNION ALL
        SELECT 'service_area', code FROM unnest(account_grant.service_area_codes) AS code
    ) AS held (level, code)
    WHERE account_grant.city_code = :city_code AND account_grant.revoked_at IS NULL
    UNION ALL
    -- Of filters only what is in force today: they may ask for anything, and for what was.
    SELECT CASE part.field WHEN 'service_area' THEN 'service_area' ELSE 'kelurahan' END, part.field,
           asked.code, 'saved_filter', account.name, cast(saved_filter.id AS text)
    FROM geoapp.saved_filter
    JOIN geoapp.account ON account.city_code = saved_filter.city_code
                       AND account.id = saved_filter.account_id
    CROSS JOIN LATERAL (
        SELECT split_part(given, '=', 1) AS field, split_part(given, '=', 2) AS codes
        FROM unnest(string_to_array(saved_filter.query, '&')) AS given
    ) AS part
    CROSS JOIN LATERAL unnest(string_to_array(part.codes, ',')) AS asked (code)
    WHERE saved_filter.city_code = :city_code
      AND part.field IN ('kelurahan', 'kecamatan', 'service_area')
      AND saved_filter.query !~ '(^|&)boundaries=then'
      AND EXISTS (
          SELECT FROM geoapp.boundary_set AS sets
          LEFT JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
          LEFT JOIN geoapp.service_area AS rule
            ON rule.city_code = sets.city_code AND rule.set_id = sets.id
          WHERE sets.city_code = :city_code AND sets.status = 'active'
            AND asked.code = CASE part.field WHEN 'kelurahan' THEN area.code
                                             WHEN 'kecamatan' THEN area.parent_code
                                             ELSE rule.code END)
    UNION ALL
    SELECT 'kelurahan', 'kelurahan', listed.code, 'service_area', service_area.name, service_area.code
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.service_area ON service_area.city_code = sets.city_code
                            AND service_area.set_id = sets.id
    CROSS JOIN LATERAL unnest(service_area.area_codes) AS listed (code)
    WHERE sets.city_code = :city_code AND sets.layer = 'service_area' AND sets.status = 'active'
      AND service_area.coverage = 'areas'
    UNION ALL
    SELECT 'service_area', 'kelurahan', listed.code, 'service_area', service_area.name,
           service_area.code
    FROM geoapp.service_area
    CROSS JOIN LATERAL unnest(service_area.area_codes) AS listed (code)
    WHERE service_area.city_code = :city_code AND service_area.set_id = :set_id
      AND service_area.coverage = 'areas' AND EXISTS (SELECT FROM in_force)
)
SELECT named.level, named.code, named.kind, named.who, named.id
FROM target
JOIN named ON named.layer = target.layer
WHERE NOT EXISTS (SELECT FROM known WHERE known.level = named.level AND known.code = named.code)
ORDER BY named.level, named.code, named.kind, named.who, named.id
