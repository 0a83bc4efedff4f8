-- The first complaints' points.
SELECT ST_AsBinary(geom) AS geom FROM geoapp.complaint
WHERE city_code = :city_code AND geom IS NOT NULL
ORDER BY id LIMIT :sample
