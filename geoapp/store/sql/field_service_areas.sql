-- Names of service areas in force, by code.
SELECT service_area.code, service_area.name
FROM geoapp.service_area
JOIN geoapp.boundary_set ON boundary_set.city_code = service_area.city_code
                        AND boundary_set.id = service_area.set_id
WHERE boundary_set.city_code = :city_code
  AND boundary_set.layer = 'service_area' AND boundary_set.status = 'active'
  AND service_area.code = ANY (:codes)
ORDER BY service_area.name, service_area.code
