-- The services of a city as they are promised on one day.
SELECT service.code, service.group_code, version.name, version.name_en, version.clock,
       version.target, version.agency_code, version.blur_m, version.duplicate_radius_m,
       version.needs_place, version.glyph, version.position
FROM geoapp.service
JOIN geoapp.service_version AS version
  ON version.city_code = service.city_code AND version.service_code = service.code
 AND daterange(version.valid_from, version.valid_to) @> cast(:day AS date)
WHERE service.city_code = :city_code
ORDER BY version.position, service.code
