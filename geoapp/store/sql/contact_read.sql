-- The sealed contact of a complaint's reporter, for the account at work; written down who looked.
SELECT name_sealed, email_sealed, phone_sealed, language, read_at
FROM geoapp.read_contact(:city_code, :ticket, :purpose)
