-- The tile of a zoom whose number of complaints comes nearest to the one wanted.
SELECT tile18 >> (2 * (18 - :zoom)) AS key, count(*) AS complaints
FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point'
GROUP BY 1
ORDER BY abs(count(*) - :wanted), 1
LIMIT 1
