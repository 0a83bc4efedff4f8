-- Events of a city with their complaint as staff may see it, in the order of their ids.
SELECT * FROM geoapp.feed_work(:city_code, cast(:events AS bigint[])) ORDER BY id
