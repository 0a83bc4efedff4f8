-- Every service with everything that was, is and will be promised for it.
SELECT service.code, service.group_code, version.valid_from, version.valid_to, version.name,
       version.name_en, version.agency_code, version.clock, version.target,
       version.verify_clock, version.verify_target, version.answer_clock,
       version.answer_target, version.blur_m, version.duplicate_radius_m,
       version.needs_place, version.glyph, version.position
FROM geoapp.service
JOIN geoapp.service_group
  ON service_group.city_code = service.city_code AND service_group.code = service.group_code
JOIN geoapp.service_version AS version
  ON version.city_code = service.city_code AND version.service_code = service.code
WHERE service.city_code = :city_code
  AND service.code = coalesce(cast(:code AS text), service.code)
ORDER BY service_group.position, service.code, version.valid_from
