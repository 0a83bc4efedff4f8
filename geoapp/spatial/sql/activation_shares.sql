-- What areas were called that a new set lacks, and which share of each (of its square metres,
-- in the city's metric CRS) every new area takes over. Old is the set in force; for kelurahan
-- that service areas name, which aren't in force any more, the newest set that had them.
-- Service areas without a polygon have a name and no shares.
WITH target AS MATERIALIZED (
    SELECT sets.city_code, sets.id, sets.layer, city.metric_srid, active.id AS old_id,
           cast(:asked AS jsonb) AS asked
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.city ON city.code = sets.city_code
    LEFT JOIN geoapp.boundary_set AS active
           ON active.city_code = sets.city_code
          AND active.layer = sets.layer AND active.status = 'active'
    WHERE sets.city_code = :city_code AND sets.id = :set_id
),
unit AS MATERIALIZED (
    SELECT 'kelurahan' AS level, area.set_id = target.id AS new, area.code, area.name, area.geom
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code
                    AND area.set_id IN (target.id, target.old_id)
    UNION ALL
    SELECT 'kecamatan', area.set_id = target.id, area.parent_code, max(area.parent_name),
           ST_Multi(ST_Union(area.geom))
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code
                    AND area.set_id IN (target.id, target.old_id)
    WHERE area.parent_code IS NOT NULL AND target.asked ? 'kecamatan'
    GROUP BY 2, area.parent_code
    UNION ALL
    SELECT 'service_area', service_area.set_id = target.id, service_area.code,
           service_area.name, service_area.geom
    FROM target
    JOIN geoapp.service_area ON service_area.city_code = target.city_code
                            AND service_area.set_id IN (target.id, target.old_id)
    UNION ALL
    SELECT 'kelurahan', true, area.code, area.name, area.geom
    FROM target
    JOIN geoapp.boundary_set AS sets ON sets.city_code = target.city_code
                                    AND sets.layer = 'kelurahan' AND sets.status = 'active'
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE target.layer = 'service_area' AND target.asked ? 'kelurahan'
    UNION ALL
    SELECT 'kelurahan', false, former.code, former.name, former.geom
    FROM (
        SELECT DISTINCT ON (area.code) area.code, area.name, area.geom
        FROM target
        JOIN geoapp.boundary_set AS sets ON sets.city_code = target.city_code
                                        AND sets.layer = 'kelurahan' AND sets.status = 'retired'
        JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
        WHERE target.layer = 'service_area' AND target.asked -> 'kelurahan' ? area.code
        ORDER BY area.code, sets.valid_to DESC NULLS LAST, sets.id DESC
    ) AS former
),
asked AS MATERIALIZED (
    SELECT unit.level, unit.code, unit.name, ST_Transform(unit.geom, target.metric_srid) AS geom,
           unit.geom AS place
    FROM target
    JOIN unit ON NOT unit.new
    WHERE target.asked -> unit.level ? unit.code
)
SELECT asked.level, asked.code, coalesce(asked.name, asked.code) AS name, new.code AS new_code,
       CASE WHEN new.code IS NOT NULL THEN
           ST_Area(ST_Intersection(asked.geom, ST_Transform(new.geom, target.metric_srid)))
           / ST_Area(asked.geom) END AS share
FROM target
CROSS JOIN asked
LEFT JOIN unit AS new ON new.new AND new.level = asked.level
                     AND ST_Intersects(new.geom, asked.place)
ORDER BY asked.level, asked.code, share DESC NULLS LAST, new.code
