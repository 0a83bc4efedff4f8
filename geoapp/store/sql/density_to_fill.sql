-- How many complaints a walk over all of them has to count.
SELECT count(*) FROM geoapp.complaint WHERE city_code = :city_code AND location_kind = 'point'
