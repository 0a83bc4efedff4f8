-- What the accounts are known to have opened or done in a span of time.
SELECT 'contact' AS what, access.contact_id, complaint.ticket, access.at, access.actor,
       access.purpose AS told, contact.erased_at IS NULL AS kept
FROM geoapp.contact_access AS access
JOIN geoapp.contact
  ON contact.city_code = access.city_code AND contact.id = access.contact_id
JOIN geoapp.complaint
  ON complaint.city_code = access.city_code AND complaint.id = access.complaint_id
WHERE access.city_code = :city AND access.actor = ANY (cast(:actors AS text[]))
  AND access.at >= :since AND access.at < :until
UNION ALL
SELECT 'step', NULL, event.ticket, event.at, event.actor, event.kind, false
FROM geoapp.complaint_event AS event
WHERE event.city_code = :city AND event.actor = ANY (cast(:actors AS text[]))
  AND event.at >= :since AND event.at < :until
UNION ALL
SELECT 'admin', NULL, NULL, changed.at, changed.actor, changed.kind, false
FROM geoapp.admin_event AS changed
WHERE changed.city_code = :city AND changed.actor = ANY (cast(:actors AS text[]))
  AND changed.at >= :since AND changed.at < :until
UNION ALL
SELECT 'privacy', NULL, request.data ->> 'ticket', request.at, request.actor, request.kind, false
FROM geoapp.privacy_request AS request
WHERE request.city_code = :city AND request.actor = ANY (cast(:actors AS text[]))
  AND request.at >= :since AND request.at < :until
ORDER BY at
