-- First and last id of a city's complaints; 1 and 0 when it has none.
SELECT coalesce(min(id), 1) AS first_id, coalesce(max(id), 0) AS last_id
FROM geoapp.complaint
WHERE city_code = :city_code
