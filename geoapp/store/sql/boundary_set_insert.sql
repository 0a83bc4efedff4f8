INSERT INTO geoapp.boundary_set (
    city_code, layer, version, source, licence, sha256, approximate, quality, imported_by,
    made_from)
VALUES (
    :city_code, :layer, :version, :source, :licence, :sha256, :approximate,
    cast(:quality AS jsonb), :imported_by, :made_from)
RETURNING id
