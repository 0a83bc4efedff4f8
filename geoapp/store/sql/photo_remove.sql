-- Whoever sent a photo takes it back, while it belongs to nobody.
DELETE FROM geoapp.photo
WHERE city_code = :city_code AND id = :id AND complaint_id IS NULL
RETURNING id, sha256, small_sha256
