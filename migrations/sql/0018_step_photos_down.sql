SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.attach_step_photos(text, text, bigint, uuid[]);
-- A column in the middle of a view's life can't be taken out of it again.
DROP VIEW geoapp.photo_public;
CREATE VIEW geoapp.photo_public AS
SELECT photo.city_code, photo.id, photo.complaint_id, complaint.ticket, photo.position,
       photo.sha256, photo.bytes, photo.width, photo.height,
       photo.small_sha256, photo.small_bytes, photo.small_width, photo.small_height
FROM geoapp.photo
JOIN geoapp.complaint ON complaint.city_code = photo.city_code
                     AND complaint.id = photo.complaint_id
WHERE NOT complaint.confidential
  AND complaint.status <> 'rejected'
  AND NOT photo.private
  AND photo.hidden_at IS NULL
  AND photo.erased_at IS NULL;
GRANT SELECT ON geoapp.photo_public TO geoapp_visitor, geoapp_staff, geoapp_worker, geoapp_intake;
