-- What a contact chooses about mails, and how it stands then; no row for no such contact.
SELECT state, ticket
FROM geoapp.choose_mail(:city_code, :contact_id, :choice)
