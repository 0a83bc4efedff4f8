-- The sealed contact of the complaint at hand, for its sender.
SELECT name_sealed, email_sealed, phone_sealed, language, unsubscribed
FROM geoapp.own_contact(:city_code, :ticket)
