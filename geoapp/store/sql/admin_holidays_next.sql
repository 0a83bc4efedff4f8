-- The next days off from a day on, that day included.
SELECT day, name, kind
FROM geoapp.holiday
WHERE city_code = :city_code AND day >= cast(:day AS date)
ORDER BY day
LIMIT :at_most
