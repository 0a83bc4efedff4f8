INSERT INTO geoapp.boundary_set (
    city_code, layer, version, source, licence, sha256, approximate, quality)
VALUES (
    :city_code, :layer, :version, :source, :licence, :sha256, :approximate,
    cast(:quality AS jsonb))
RETURNING id
