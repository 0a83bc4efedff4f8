-- Writes what the sender thinks of the work, while it is the time for it.
SELECT geoapp.record_rating(:city_code, :ticket, :stars, :words) AS recorded
