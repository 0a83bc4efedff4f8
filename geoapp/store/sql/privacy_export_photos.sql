-- Photos of some reports; those being erased aren't there any more.
SELECT complaint.ticket, photo.position, photo.sha256, photo.private, photo.attached_at
FROM geoapp.photo
JOIN geoapp.complaint
  ON complaint.city_code = photo.city_code AND complaint.id = photo.complaint_id
WHERE photo.city_code = :city AND complaint.ticket = ANY (cast(:tickets AS text[]))
  AND photo.erased_at IS NULL
ORDER BY complaint.id, photo.position
