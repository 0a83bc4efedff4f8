-- Takes the person out of a report; see migrations/sql/0015_privacy.sql.
SELECT geoapp.erase_report(:city, :ticket, :actor, :request)
