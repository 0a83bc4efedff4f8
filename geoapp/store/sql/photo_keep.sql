-- Both sizes lie in the storage: the photo is ready to be given to a complaint.
UPDATE geoapp.photo
SET state = 'kept', sha256 = :sha256, bytes = :bytes, width = :width, height = :height,
    small_sha256 = :small_sha256, small_bytes = :small_bytes, small_width = :small_width,
    small_height = :small_height, found = cast(:found AS jsonb), touched_at = now()
WHERE city_code = :city_code AND id = :id AND state = 'receiving' AND received = length
