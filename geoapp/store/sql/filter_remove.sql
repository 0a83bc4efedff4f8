-- Forgets a filter.
DELETE FROM geoapp.saved_filter WHERE city_code = :city_code AND id = :id
