-- What was supported by the same browser, or where none was known the same connection, as sent
-- some reports.
SELECT DISTINCT lead.ticket, supporter.supported_at, supporter.withdrawn_at
FROM geoapp.complaint
JOIN geoapp.complaint_sender AS sender
  ON sender.city_code = complaint.city_code AND sender.complaint_id = complaint.id
JOIN geoapp.supporter
  ON supporter.city_code = sender.city_code AND supporter.person = sender.person
JOIN geoapp.complaint AS lead
  ON lead.city_code = supporter.city_code AND lead.id = supporter.complaint_id
WHERE complaint.city_code = :city AND complaint.ticket = ANY (cast(:tickets AS text[]))
  AND sender.person NOT LIKE 'gone:%'
ORDER BY supporter.supported_at
