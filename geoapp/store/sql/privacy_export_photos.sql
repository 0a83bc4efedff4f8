-- Photos of some reports; those being erased aren't there any more. What staff added to their own
-- notes only for :internal, as the notes themselves.
SELECT complaint.ticket, photo.position, photo.sha256, photo.attached_at,
       coalesce(entry.kind = 'reply', false) AS with_a_reply,
       coalesce(entry.actor <> 'citizen', false) AS by_staff
FROM geoapp.photo
JOIN geoapp.complaint
  ON complaint.city_code = photo.city_code AND complaint.id = photo.complaint_id
LEFT JOIN geoapp.complaint_event AS entry
       ON entry.city_code = photo.city_code AND entry.id = photo.event_id
WHERE photo.city_code = :city AND complaint.ticket = ANY (cast(:tickets AS text[]))
  AND photo.erased_at IS NULL
  AND (:internal OR NOT photo.private OR entry.actor = 'citizen')
ORDER BY complaint.id, photo.position
