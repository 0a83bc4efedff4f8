-- The areas of a set as they are drawn, with those that only the set in force has.
WITH shown AS (
    SELECT area.code, area.name, area.parent_code, area.parent_name, area.label,
           area.display_geom, area.geom
    FROM geoapp.area
    WHERE area.city_code = :city_code
      AND (area.set_id = :set_id
           OR area.set_id = :in_force AND NOT EXISTS (
               SELECT FROM geoapp.area AS new
               WHERE new.city_code = :city_code AND new.set_id = :set_id
                 AND new.code = area.code))
)
SELECT shown.code, shown.name, shown.parent_code, shown.parent_name,
       ST_X(shown.label) AS label_lon, ST_Y(shown.label) AS label_lat,
       ST_Area(ST_Transform(shown.geom, city.metric_srid)) AS area_m2,
       ST_AsGeoJSON(shown.display_geom, 6) AS geometry
FROM shown
JOIN geoapp.city ON city.code = :city_code
ORDER BY shown.code
