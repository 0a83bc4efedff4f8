-- The first complaints' points.
SELECT geom FROM geoapp.complaint
WHERE city_code = %(city_code)s AND geom IS NOT NULL
ORDER BY id LIMIT %(sample)s
