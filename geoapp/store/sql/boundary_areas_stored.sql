-- A set's kelurahan as they decide, by code.
SELECT code, name, parent_code, parent_name, ST_AsBinary(geom) AS geom,
       ST_AsBinary(display_geom) AS display_geom, ST_X(label) AS label_lon, ST_Y(label) AS label_lat
FROM geoapp.area
WHERE city_code = :city_code AND set_id = :set_id
ORDER BY code
