SELECT code, name, ref, authority, agency_code, ST_AsGeoJSON(geom, 6) AS geometry
FROM geoapp.road_line
WHERE city_code = :city_code AND set_id = :set_id
ORDER BY code
