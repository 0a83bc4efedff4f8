-- The service areas in force, in the order in which they are tried.
SELECT area.code, area.name, area.agency_code, area.group_code, area.service_code, area.priority,
       area.coverage, area.area_codes, ST_AsBinary(area.geom, 'NDR') AS geom,
       ST_Area(area.geom::geography) / 1e6 AS km2
FROM geoapp.service_area AS area
JOIN geoapp.boundary_set AS sets ON sets.city_code = area.city_code AND sets.id = area.set_id
WHERE area.city_code = :city_code
  AND sets.layer = 'service_area' AND sets.status = 'active'
ORDER BY area.priority, area.service_code IS NULL, area.group_code IS NULL, area.code
