-- Every boundary set of a city, the newest first.
SELECT boundary_set.id, layer, version, status, valid_from, valid_to,
       (SELECT count(*) FROM geoapp.area
        WHERE area.city_code = boundary_set.city_code AND area.set_id = boundary_set.id)
       + (SELECT count(*) FROM geoapp.service_area AS area
          WHERE area.city_code = boundary_set.city_code AND area.set_id = boundary_set.id)
       + (SELECT count(*) FROM geoapp.road_line AS line
          WHERE line.city_code = boundary_set.city_code AND line.set_id = boundary_set.id) AS areas,
       approximate, source, licence
FROM geoapp.boundary_set
WHERE city_code = :city_code
ORDER BY id DESC
