-- Five kelurahan: those in two ranges of keys, one in sight of each tile, and the fullest.
SELECT kelurahan_code
FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point'
GROUP BY kelurahan_code
ORDER BY count(*) FILTER (WHERE tile18 BETWEEN :first AND :last
                             OR tile18 BETWEEN :second_first AND :second_last) DESC,
         count(*) DESC, kelurahan_code
LIMIT 5
