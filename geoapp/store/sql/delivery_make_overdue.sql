-- Tells reporters that the deadline has passed, once for each time one was set: it refers to the
-- event that began it. Deadlines of before there was mail, or a contact, are told to nobody.
INSERT INTO geoapp.delivery (city_code, complaint_id, event_id, contact_id, kind)
SELECT complaint.city_code, complaint.id, began.id, contact.id, 'overdue'
FROM geoapp.notice_cursor
JOIN geoapp.complaint
  ON complaint.city_code = notice_cursor.city_code
 AND complaint.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
 AND complaint.due_at > notice_cursor.mail_since
 AND complaint.due_at < now()
 AND geoapp.is_overdue(complaint.status, complaint.due_at, now())
JOIN geoapp.contact
  ON contact.city_code = complaint.city_code AND contact.complaint_id = complaint.id
 AND contact.role = 'reporter'
 AND contact.email_digest IS NOT NULL
 AND contact.unsubscribed_at IS NULL
 AND contact.erased_at IS NULL
 AND contact.created_at < complaint.due_at
CROSS JOIN LATERAL (
    SELECT event.id
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id
      AND (event.kind = 'submitted' OR event.status = 'reopened')
    ORDER BY event.id DESC
    LIMIT 1
) AS began
WHERE notice_cursor.city_code = :city_code
  AND NOT EXISTS (
      SELECT FROM geoapp.mail_refusal
      WHERE mail_refusal.city_code = complaint.city_code
        AND mail_refusal.email_digest = contact.email_digest)
  AND NOT EXISTS (
      SELECT FROM geoapp.delivery AS told
      WHERE told.city_code = complaint.city_code AND told.event_id = began.id
        AND told.contact_id = contact.id AND told.kind = 'overdue')
ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING
RETURNING id
