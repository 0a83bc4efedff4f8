-- The polygons behind a complaint's last decision: the kelurahan that won, those that might
-- have been meant, and the service area whose rule applied where that is a polygon; and the
-- line of another authority's road that the complaint lies at.
-- One row where the reader sees the complaint, with no features if nothing was decided by place.
SELECT (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'type', 'Feature', 'id', shape.code,
               'geometry', ST_AsGeoJSON(shape.geom, 7)::jsonb,
               'properties', jsonb_build_object(
                   'role', shape.role, 'layer', shape.layer, 'code', shape.code,
                   'name', shape.name, 'parent_name', shape.parent_name,
                   'approximate', shape.approximate))
               ORDER BY shape.position, shape.code), '[]')
    FROM (
        SELECT CASE WHEN area.code = decision.kelurahan_code THEN 1 ELSE 2 END AS position,
               CASE WHEN area.code = decision.kelurahan_code THEN 'won' ELSE 'other' END AS role,
               'kelurahan' AS layer, area.code, area.name, area.parent_name, sets.approximate,
               area.geom
        FROM geoapp.area
        JOIN geoapp.boundary_set AS sets
          ON sets.city_code = area.city_code AND sets.id = area.set_id
        WHERE area.city_code = decision.city_code
          AND area.set_id = decision.kelurahan_set
          AND (area.code = decision.kelurahan_code OR decision.alternatives ? area.code)
        UNION ALL
        SELECT 3, 'won', 'service_area', acting.code, acting.name, NULL, false, acting.geom
        FROM geoapp.service_area AS acting
        WHERE acting.city_code = decision.city_code
          AND acting.set_id = decision.service_area_set
          AND acting.code = decision.service_area_code
          AND acting.geom IS NOT NULL
        UNION ALL
        SELECT 4, 'road', 'road', line.code, line.name, NULL, false, line.geom
        FROM geoapp.road_line AS line
        WHERE line.city_code = complaint.city_code
          AND line.set_id = complaint.road_set
          AND line.code = complaint.road_code
    ) AS shape
) AS features
FROM geoapp.complaint_work AS complaint
LEFT JOIN LATERAL (
    SELECT assignment.*
    FROM geoapp.assignment
    WHERE assignment.city_code = complaint.city_code AND assignment.complaint_id = complaint.id
    ORDER BY assignment.id DESC
    LIMIT 1
) AS decision ON true
WHERE complaint.city_code = :city_code AND complaint.ticket = :ticket
