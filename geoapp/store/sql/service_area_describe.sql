-- What a set that was changed now holds, for whoever compares.
UPDATE geoapp.boundary_set
SET sha256 = :sha256, quality = cast(:quality AS jsonb)
WHERE city_code = :city_code AND id = :set_id AND status = 'staged'
