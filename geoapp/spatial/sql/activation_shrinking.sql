-- Ground that a set of kelurahan takes from codes which grants or the service areas in force
-- name (themselves or by their kecamatan) and gives to codes that the same grant or service area
-- doesn't name: as shares of the old area's square metres, in the city's metric CRS. Codes that
-- the set lacks are told by activation_named.sql instead. Only holders that lose more than
-- :at_least of a code are told.
WITH target AS MATERIALIZED (
    SELECT sets.city_code, sets.id, city.metric_srid, active.id AS old_id
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.city ON city.code = sets.city_code
    JOIN geoapp.boundary_set AS active ON active.city_code = sets.city_code
                                      AND active.layer = sets.layer AND active.status = 'active'
    WHERE sets.city_code = :city_code AND sets.id = :set_id AND sets.layer = 'kelurahan'
),
new AS MATERIALIZED (
    SELECT area.code, area.name, area.parent_code, area.geom
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.id
),
holder AS MATERIALIZED (
    SELECT 'grant' AS kind, account.name AS who, cast(account_grant.id AS text) AS id,
           account_grant.kelurahan_codes AS kelurahan,
           account_grant.kecamatan_codes AS kecamatan
    FROM geoapp.account_grant
    JOIN geoapp.account ON account.city_code = account_grant.city_code
                       AND account.id = account_grant.account_id
    WHERE account_grant.city_code = :city_code AND account_grant.revoked_at IS NULL
      AND account_grant.kelurahan_codes || account_grant.kecamatan_codes <> '{}'
    UNION ALL
    SELECT 'service_area', service_area.name, service_area.code, service_area.area_codes,
           service_area.area_codes
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.service_area ON service_area.city_code = sets.city_code
                            AND service_area.set_id = sets.id
    WHERE sets.city_code = :city_code AND sets.layer = 'service_area' AND sets.status = 'active'
      AND service_area.coverage = 'areas'
),
-- What each holds by the set in force. A kecamatan that retires is mapped, not told here.
held AS MATERIALIZED (
    SELECT holder.*, area.code, area.code = ANY (holder.kelurahan) AS itself
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.old_id
    JOIN holder ON area.code = ANY (holder.kelurahan)
                OR area.parent_code = ANY (holder.kecamatan)
               AND area.parent_code IN (SELECT new.parent_code FROM new)
),
old AS MATERIALIZED (
    SELECT area.code, area.name, area.parent_code, new.code IS NOT NULL AS stays,
           new.parent_code AS new_parent,
           ST_Area(ST_Transform(area.geom, target.metric_srid)) AS m2,
           CASE WHEN new.code IS NULL THEN area.geom
                WHEN new.geom = area.geom THEN NULL
                ELSE ST_Difference(area.geom, new.geom) END AS lost
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.old_id
    LEFT JOIN new ON new.code = area.code
    WHERE area.code IN (SELECT held.code FROM held)
),
shrunk AS MATERIALIZED (
    SELECT old.*, target.metric_srid,
           coalesce(ST_Area(ST_Transform(old.lost, target.metric_srid)), 0) / old.m2 AS lost_share
    FROM target CROSS JOIN old
),
given AS MATERIALIZED (
    SELECT shrunk.code, new.code AS new_code, new.name AS new_name, new.parent_code,
           ST_Area(ST_Transform(ST_Intersection(shrunk.lost, new.geom), shrunk.metric_srid))
           / shrunk.m2 AS share
    FROM shrunk
    JOIN new ON new.code <> shrunk.code AND ST_Intersects(new.geom, shrunk.lost)
    WHERE shrunk.lost_share > :at_least
    UNION ALL
    -- In another kecamatan now: what it keeps goes from whoever named the former one.
    SELECT shrunk.code, new.code, new.name, new.parent_code, 1 - shrunk.lost_share
    FROM shrunk
    JOIN new ON new.code = shrunk.code
    WHERE new.parent_code IS DISTINCT FROM shrunk.parent_code
),
told AS (
    SELECT held.kind, held.who, held.id, held.code, old.name, given.new_code, given.new_name,
           given.share, sum(given.share) OVER (PARTITION BY held.kind, held.id, held.code) AS whole
    FROM held
    JOIN old ON old.code = held.code AND (old.stays OR NOT held.itself)
    JOIN given ON given.code = held.code
    WHERE given.new_code <> ALL (held.kelurahan)
      AND (given.parent_code IS NULL OR given.parent_code <> ALL (held.kecamatan))
)
SELECT kind, who, id, code, name, new_code, new_name, share
FROM told
WHERE whole > :at_least AND share >= 0.0005
ORDER BY code, kind, who, id, share DESC, new_code
