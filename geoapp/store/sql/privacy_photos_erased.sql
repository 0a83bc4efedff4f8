-- Photos of what was erased whose files may still be there; locked, so that one process at a
-- time removes them. `large_shared` and `small_shared`: another photo has the same bytes.
SELECT photo.id, photo.sha256, photo.small_sha256,
       EXISTS (SELECT FROM geoapp.photo AS other
               WHERE photo.sha256 IN (other.sha256, other.small_sha256)
                 AND (other.city_code, other.id) <> (photo.city_code, photo.id)) AS large_shared,
       EXISTS (SELECT FROM geoapp.photo AS other
               WHERE photo.small_sha256 IN (other.sha256, other.small_sha256)
                 AND (other.city_code, other.id) <> (photo.city_code, photo.id)) AS small_shared
FROM geoapp.photo
WHERE photo.city_code = :city AND photo.hidden_reason = 'erased'
ORDER BY photo.id
LIMIT 1
FOR UPDATE SKIP LOCKED
