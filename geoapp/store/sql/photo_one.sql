-- A photo that belongs to nobody yet: row-level security hides the others from intake.
SELECT id, state, length, received, refused_for, found,
       sha256, bytes, width, height, small_sha256, small_bytes, small_width, small_height
FROM geoapp.photo
WHERE city_code = :city_code AND id = :id AND complaint_id IS NULL
