SELECT line.code, line.name, line.ref, line.authority, line.agency_code,
       ST_Length(ST_Transform(line.geom, city.metric_srid)) AS length_m
FROM geoapp.road_line AS line
JOIN geoapp.city ON city.code = line.city_code
WHERE line.city_code = :city_code AND line.set_id = :set_id
ORDER BY array_position(ARRAY['nation', 'province', 'city'], line.authority), line.name, line.code
