-- Where a complaint stands, for whoever has its ticket; confidential ones too.
SELECT ticket, status, submitted_at, due_at, resolved_at, closed_at, confidential
FROM geoapp.ticket_state(:city_code, :ticket)
