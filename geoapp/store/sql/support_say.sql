-- "Me too", or not any more, and what became of it; no row where nothing public has the ticket.
SELECT result, status, lead, supporters
FROM geoapp.support(:city_code, :ticket, :person, :wanted)
