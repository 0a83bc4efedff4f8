-- All complaints of the city, whatever became of them: of how many a preview looked at some.
SELECT count(*) FROM geoapp.complaint WHERE city_code = :city_code
