-- A set's codes by level; for a set of service areas also the kelurahan in force.
SELECT 'kelurahan' AS level, code FROM geoapp.area WHERE city_code = :city_code AND set_id = :set_id
UNION
SELECT 'kecamatan', parent_code FROM geoapp.area
WHERE city_code = :city_code AND set_id = :set_id AND parent_code IS NOT NULL
UNION
SELECT 'service_area', code FROM geoapp.service_area
WHERE city_code = :city_code AND set_id = :set_id
UNION
SELECT 'kelurahan', area.code
FROM geoapp.boundary_set AS target
JOIN geoapp.boundary_set AS sets ON sets.city_code = target.city_code
                                AND sets.layer = 'kelurahan' AND sets.status = 'active'
JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
WHERE target.city_code = :city_code AND target.id = :set_id AND target.layer = 'service_area'
