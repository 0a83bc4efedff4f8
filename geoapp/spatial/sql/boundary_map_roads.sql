-- The roads of a set as they are stored, with those that only the set in force has.
SELECT line.code, line.name, NULL AS parent_code, NULL AS parent_name,
       NULL AS label_lon, NULL AS label_lat, NULL AS area_m2,
       ST_AsGeoJSON(line.geom, 6) AS geometry, line.authority
FROM geoapp.road_line AS line
WHERE line.city_code = :city_code
  AND (line.set_id = :set_id
       OR line.set_id = :in_force AND NOT EXISTS (
           SELECT FROM geoapp.road_line AS new
           WHERE new.city_code = :city_code AND new.set_id = :set_id
             AND new.code = line.code))
ORDER BY line.code
