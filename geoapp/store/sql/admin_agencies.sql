-- Every agency with every name it had, has and will have.
SELECT agency.code, NULL AS group_code, version.valid_from, version.valid_to, version.name,
       version.name_en, version.short_name, version.unit, version.in_city
FROM geoapp.agency
JOIN geoapp.agency_version AS version
  ON version.city_code = agency.city_code AND version.agency_code = agency.code
WHERE agency.city_code = :city_code
  AND agency.code = coalesce(cast(:code AS text), agency.code)
ORDER BY agency.code, version.valid_from
