-- Removes a batch of photos that belong to no complaint and were begun before a moment. One
-- that is given to a complaint at this very moment stays: the condition is asked again under
-- the row's lock.
DELETE FROM geoapp.photo
USING (SELECT city_code, id FROM geoapp.photo
       WHERE complaint_id IS NULL AND created_at < :before
       ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED) AS old
WHERE photo.city_code = old.city_code AND photo.id = old.id AND photo.complaint_id IS NULL
RETURNING photo.id, photo.sha256, photo.small_sha256
