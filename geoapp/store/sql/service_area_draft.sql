-- A staged set made from another one, or from none.
INSERT INTO geoapp.boundary_set (
    city_code, layer, version, source, licence, sha256, approximate, quality, made_from,
    imported_by)
SELECT :city_code, 'service_area', :version, :source, coalesce(origin.licence, ''),
       coalesce(origin.sha256, :sha256), false, '{}', origin.id, :imported_by
FROM (SELECT cast(:made_from AS bigint) AS wanted) AS asked
LEFT JOIN geoapp.boundary_set AS origin
  ON origin.city_code = :city_code AND origin.id = asked.wanted
RETURNING id
