-- Takes marks off complaints that are about to be counted.
DELETE FROM geoapp.density_mark
WHERE city_code = :city_code
  AND id IN (SELECT id FROM geoapp.density_mark
             WHERE city_code = :city_code ORDER BY id LIMIT :most)
RETURNING complaint_id
