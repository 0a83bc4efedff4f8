-- The five kelurahan with the most complaints in two ranges of keys: one in sight of each tile.
SELECT kelurahan_code
FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point'
  AND (tile18 BETWEEN :first AND :last OR tile18 BETWEEN :second_first AND :second_last)
GROUP BY kelurahan_code
ORDER BY count(*) DESC, kelurahan_code
LIMIT 5
