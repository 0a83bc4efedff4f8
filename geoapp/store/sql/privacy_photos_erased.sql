-- A photo of what was erased whose files may still be there; locked, so that one process at a
-- time removes them.
SELECT photo.id, photo.sha256, photo.small_sha256
FROM geoapp.photo
WHERE photo.city_code = :city AND photo.erased_at IS NOT NULL
ORDER BY photo.id
LIMIT 1
FOR UPDATE SKIP LOCKED
