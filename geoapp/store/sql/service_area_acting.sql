-- Who acts where for a service once a set is in force, by the deciding function itself. Each
-- kelurahan in force is cut along the polygons that speak of the service; on every piece the
-- answer is the same, so one point inside asks for all of it. Rule and agency are null where the
-- service's own agency acts.
WITH asked AS MATERIALIZED (
    SELECT code, group_code FROM geoapp.service
    WHERE city_code = :city_code AND code = :service
),
place AS MATERIALIZED (
    SELECT area.code, area.name, area.parent_code, area.parent_name, area.geom
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
),
polygon AS MATERIALIZED (
    SELECT rule.geom
    FROM geoapp.service_area AS rule
    CROSS JOIN asked
    WHERE rule.city_code = :city_code AND rule.set_id = :set_id AND rule.coverage = 'polygon'
      AND geoapp.rule_is_about(
              rule.service_code, rule.group_code, asked.code, asked.group_code)
),
piece AS MATERIALIZED (
    SELECT place.code, place.name, place.parent_code, place.parent_name, part.geom
    FROM place
    CROSS JOIN LATERAL (
        SELECT ST_Collect(ST_Boundary(polygon.geom)) AS lines
        FROM polygon WHERE ST_Intersects(polygon.geom, place.geom)
    ) AS cut
    CROSS JOIN LATERAL (
        SELECT place.geom WHERE cut.lines IS NULL
        UNION ALL
        SELECT ring.geom
        FROM ST_Dump(ST_Polygonize(
                 ARRAY[ST_Union(ST_Boundary(place.geom), cut.lines)])) AS ring
        WHERE cut.lines IS NOT NULL AND ST_Covers(place.geom, ST_PointOnSurface(ring.geom))
    ) AS part
)
SELECT piece.code, piece.name, piece.parent_code, piece.parent_name,
       acting.code AS rule_code, acting.agency_code,
       sum(ST_Area(piece.geom::geography)) AS m2
FROM piece
CROSS JOIN asked
LEFT JOIN LATERAL geoapp.acting_area(
    :city_code, :set_id, asked.code, asked.group_code, piece.code, true,
    ST_PointOnSurface(piece.geom)) AS acting ON true
GROUP BY piece.code, piece.name, piece.parent_code, piece.parent_name, acting.code,
         acting.agency_code
ORDER BY piece.parent_code, piece.name, piece.code, m2 DESC
