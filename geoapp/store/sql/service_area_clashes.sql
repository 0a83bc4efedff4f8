-- Rules of equal rank (same priority, service and group) that reach the same ground: there the
-- code alone decides. *m2* is the ground they share, null for the whole city. *first_code* wins.
WITH rule AS MATERIALIZED (
    SELECT code, name, priority, service_code, group_code, coverage, area_codes, geom
    FROM geoapp.service_area
    WHERE city_code = :city_code AND set_id = :set_id
),
place AS MATERIALIZED (
    SELECT area.code, area.geom
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
),
pair AS (
    SELECT a.code AS first_code, a.name AS first_name, b.code AS second_code,
           b.name AS second_name, a.priority,
           CASE
               WHEN a.coverage = 'city' AND b.coverage = 'city' THEN NULL
               WHEN a.coverage = 'polygon' AND b.coverage = 'polygon' THEN
                   CASE WHEN a.geom && b.geom
                        THEN ST_Area(ST_Intersection(a.geom, b.geom)::geography) ELSE 0 END
               WHEN 'areas' NOT IN (a.coverage, b.coverage) THEN
                   ST_Area(coalesce(a.geom, b.geom)::geography)
               ELSE (
                   SELECT coalesce(sum(ST_Area(
                              CASE WHEN coalesce(a.geom, b.geom) IS NULL THEN place.geom
                                   ELSE ST_Intersection(coalesce(a.geom, b.geom), place.geom)
                              END::geography)), 0)
                   FROM place
                   WHERE (a.coverage <> 'areas' OR place.code = ANY (a.area_codes))
                     AND (b.coverage <> 'areas' OR place.code = ANY (b.area_codes))
                     AND (coalesce(a.geom, b.geom) IS NULL
                          OR coalesce(a.geom, b.geom) && place.geom))
           END AS m2
    FROM rule AS a
    JOIN rule AS b
      ON a.code < b.code
     AND a.priority = b.priority
     AND a.service_code IS NOT DISTINCT FROM b.service_code
     AND a.group_code IS NOT DISTINCT FROM b.group_code
)
SELECT first_code, first_name, second_code, second_name, priority, m2
FROM pair
WHERE m2 IS NULL OR m2 >= 1
ORDER BY m2 DESC NULLS FIRST, first_code, second_code
