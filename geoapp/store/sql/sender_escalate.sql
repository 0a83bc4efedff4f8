-- Writes that the sender takes it to the Ombudsman, once.
SELECT escalated_at, allowed FROM geoapp.record_escalation(:city_code, :ticket)
