-- Years that have days off at all, with how many.
SELECT extract(year FROM day)::integer AS year, count(*) AS days
FROM geoapp.holiday
WHERE city_code = :city_code
GROUP BY 1
ORDER BY 1
