INSERT INTO geoapp.service_area (
    city_code, set_id, code, name, agency_code, group_code, service_code, priority, coverage,
    area_codes, geom)
SELECT city_code, :into_set, code, name, agency_code, group_code, service_code, priority,
       coverage, area_codes, geom
FROM geoapp.service_area
WHERE city_code = :city_code AND set_id = :from_set
