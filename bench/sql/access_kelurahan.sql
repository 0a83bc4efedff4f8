-- The five kelurahan with the most complaints in a range of keys.
SELECT kelurahan_code
FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point' AND tile18 BETWEEN :first AND :last
GROUP BY kelurahan_code
ORDER BY count(*) DESC, kelurahan_code
LIMIT 5
