SET LOCAL lock_timeout = '5s';
CREATE OR REPLACE VIEW geoapp.complaint_event_public AS
SELECT event.city_code, event.id, event.xid, event.ticket, event.kind, event.status, event.at
FROM geoapp.complaint_event AS event
JOIN geoapp.complaint USING (city_code, ticket)
WHERE NOT complaint.confidential
  AND event.kind IN ('submitted', 'status', 'assignment', 'answer');
DROP FUNCTION geoapp.data_version(text);
