-- The service areas of a set, with those that only the set in force has: the polygon as drawn,
-- or the kelurahan in force that are listed; none for the whole city.
WITH shown AS (
    SELECT area.*
    FROM geoapp.service_area AS area
    WHERE area.city_code = :city_code
      AND (area.set_id = :set_id
           OR area.set_id = :in_force AND NOT EXISTS (
               SELECT FROM geoapp.service_area AS new
               WHERE new.city_code = :city_code AND new.set_id = :set_id
                 AND new.code = area.code))
)
SELECT shown.code, shown.name, NULL AS parent_code, NULL AS parent_name,
       NULL AS label_lon, NULL AS label_lat,
       ST_Area(ST_Transform(ground.geom, city.metric_srid)) AS area_m2,
       ST_AsGeoJSON(ground.geom, 6) AS geometry
FROM shown
JOIN geoapp.city ON city.code = :city_code
CROSS JOIN LATERAL (
    SELECT CASE shown.coverage
        WHEN 'polygon' THEN shown.geom
        WHEN 'areas' THEN (
            SELECT ST_Union(area.display_geom)
            FROM geoapp.boundary_set AS sets
            JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
            WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan'
              AND sets.status = 'active' AND area.code = ANY (shown.area_codes))
    END AS geom
) AS ground
ORDER BY shown.code
