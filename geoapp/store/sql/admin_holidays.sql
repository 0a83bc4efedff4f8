-- The days off of one year.
SELECT day, name, kind
FROM geoapp.holiday
WHERE city_code = :city_code AND extract(year FROM day) = :year
ORDER BY day
