-- A set's codes by level.
SELECT 'kelurahan' AS level, code FROM geoapp.area WHERE city_code = :city_code AND set_id = :set_id
UNION
SELECT 'kecamatan', parent_code FROM geoapp.area
WHERE city_code = :city_code AND set_id = :set_id AND parent_code IS NOT NULL
UNION
SELECT 'service_area', code FROM geoapp.service_area
WHERE city_code = :city_code AND set_id = :set_id
