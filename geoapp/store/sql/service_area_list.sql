-- The service areas of a set, as ``geoapp.acting_area`` tries them.
SELECT code, name, agency_code, group_code, service_code, priority, coverage, area_codes,
       ST_AsBinary(geom, 'NDR') AS geom, ST_Area(geom::geography) / 1e6 AS km2
FROM geoapp.service_area
WHERE city_code = :city_code AND set_id = :set_id
ORDER BY priority, service_code IS NULL, group_code IS NULL, code
