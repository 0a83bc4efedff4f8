-- What happened to one public complaint, oldest first.
SELECT kind, status, at, words
FROM geoapp.complaint_event_public
WHERE city_code = :city_code AND ticket = :ticket
ORDER BY at, id
