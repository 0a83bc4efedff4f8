-- Whom a recorded breach concerns, for the administrator at work: each is noted as read.
SELECT contact_id, ticket, role, language, name_sealed, email_sealed, phone_sealed
FROM geoapp.breach_contacts(:city, :id)
