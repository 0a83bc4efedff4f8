-- The kelurahan in force with their kecamatan, to choose one's own from.
SELECT area.code, area.name, area.parent_code,
       coalesce(area.parent_name, area.parent_code) AS parent_name
FROM geoapp.area
JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                        AND boundary_set.id = area.set_id
WHERE boundary_set.city_code = :city_code
  AND boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
ORDER BY area.name, area.code
