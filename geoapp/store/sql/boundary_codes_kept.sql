-- How many areas are in force, and how many of their codes a staged set has too.
SELECT count(*) AS in_force, count(staged.code) AS kept
FROM geoapp.boundary_set AS active
JOIN geoapp.area ON area.city_code = active.city_code AND area.set_id = active.id
LEFT JOIN geoapp.area AS staged
  ON staged.city_code = area.city_code AND staged.set_id = :set_id AND staged.code = area.code
WHERE active.city_code = :city_code AND active.layer = 'kelurahan' AND active.status = 'active'
