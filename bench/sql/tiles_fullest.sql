-- The tile of a zoom with the most complaints.
SELECT public_tile18 >> 2 * (18 - :zoom) AS key
FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point'
GROUP BY key ORDER BY count(*) DESC LIMIT 1
