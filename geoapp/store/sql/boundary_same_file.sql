-- Sets of a layer, staged or in force, that came from the very same file; the newest first.
SELECT id, quality
FROM geoapp.boundary_set
WHERE city_code = :city_code AND layer = :layer AND sha256 = :sha256
  AND status IN ('staged', 'active') AND made_from IS NULL
ORDER BY id DESC
