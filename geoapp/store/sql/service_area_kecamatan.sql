-- Kecamatan and kelurahan in force.
SELECT area.parent_code, area.code
FROM geoapp.boundary_set AS sets
JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
ORDER BY area.parent_code, area.code
