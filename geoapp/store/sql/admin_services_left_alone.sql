-- Services that name an agency on a day when it is no longer there, and service areas in
-- force that would go on sending complaints to it.
SELECT version.service_code AS code
FROM geoapp.service_version AS version
WHERE version.city_code = :city_code
  AND version.agency_code = :code
  AND (version.valid_to IS NULL OR version.valid_to > :gone_from)
UNION
SELECT service_area.name
FROM geoapp.service_area
JOIN geoapp.boundary_set
  ON boundary_set.city_code = service_area.city_code
 AND boundary_set.id = service_area.set_id
 AND boundary_set.status = 'active'
WHERE service_area.city_code = :city_code
  AND service_area.agency_code = :code
ORDER BY code
