-- Which erasures of a list were not carried out here: the report is there and no event tells of
-- the request, or the contact is there and whole. :lines is a JSON array.
SELECT line.place
FROM jsonb_to_recordset(cast(:lines AS jsonb))
    AS line (place integer, request text, ticket text, created_at timestamptz)
JOIN geoapp.complaint
  ON complaint.city_code = :city AND complaint.ticket = line.ticket
WHERE CASE WHEN line.created_at IS NULL THEN NOT EXISTS (
               SELECT FROM geoapp.complaint_event AS event
               WHERE event.city_code = :city AND event.complaint_id = complaint.id
                 AND event.kind = 'erased' AND event.data ->> 'request' = line.request)
           ELSE EXISTS (
               SELECT FROM geoapp.contact
               WHERE contact.city_code = :city AND contact.complaint_id = complaint.id
                 AND contact.role = 'follower' AND contact.created_at = line.created_at
                 AND contact.erased_at IS NULL) END
ORDER BY line.place
