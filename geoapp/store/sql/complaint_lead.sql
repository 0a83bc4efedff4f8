-- The public complaint into which a public one was merged.
SELECT lead
FROM geoapp.complaint_lead_public
WHERE city_code = :city_code AND ticket = :ticket
