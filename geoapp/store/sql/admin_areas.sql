-- What a grant can be limited to: kelurahan in force by their kecamatan, then service areas.
SELECT boundary_set.layer, area.code, area.name, area.parent_code,
       coalesce(area.parent_name, area.parent_code) AS parent_name
FROM geoapp.boundary_set
JOIN geoapp.area ON area.city_code = boundary_set.city_code AND area.set_id = boundary_set.id
WHERE boundary_set.city_code = :city_code
  AND boundary_set.status = 'active'
  AND boundary_set.layer = 'kelurahan'
UNION ALL
SELECT boundary_set.layer, service_area.code, service_area.name, NULL, NULL
FROM geoapp.boundary_set
JOIN geoapp.service_area
  ON service_area.city_code = boundary_set.city_code AND service_area.set_id = boundary_set.id
WHERE boundary_set.city_code = :city_code
  AND boundary_set.status = 'active'
  AND boundary_set.layer = 'service_area'
ORDER BY layer, parent_name, name, code
