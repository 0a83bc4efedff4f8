-- The set in force for a layer.
SELECT boundary_set.id, version, source, licence, approximate, valid_from, sha256,
       CASE layer
           WHEN 'kelurahan' THEN (
               SELECT count(*) FROM geoapp.area
               WHERE area.city_code = boundary_set.city_code AND area.set_id = boundary_set.id)
           WHEN 'road' THEN (
               SELECT count(*) FROM geoapp.road_line AS line
               WHERE line.city_code = boundary_set.city_code AND line.set_id = boundary_set.id)
           ELSE (
               SELECT count(*) FROM geoapp.service_area AS area
               WHERE area.city_code = boundary_set.city_code AND area.set_id = boundary_set.id)
       END AS areas
FROM geoapp.boundary_set
WHERE city_code = :city_code AND layer = :layer AND status = 'active'
