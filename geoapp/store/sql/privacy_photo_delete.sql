-- The row of a photo whose files are gone.
DELETE FROM geoapp.photo WHERE city_code = :city AND id = :id AND erased_at IS NOT NULL
