-- An empty staged set made from another, with other words for what was done to it.
INSERT INTO geoapp.boundary_set (
    city_code, layer, version, source, licence, sha256, approximate, quality, made_from,
    imported_by)
SELECT city_code, layer, :version, source, licence, :sha256, approximate,
       cast(:quality AS jsonb), id, :by
FROM geoapp.boundary_set
WHERE city_code = :city_code AND id = :set_id
RETURNING id
