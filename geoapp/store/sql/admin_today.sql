-- The date in the city's own zone, by the database's clock.
SELECT (now() AT TIME ZONE timezone)::date AS today FROM geoapp.city WHERE code = :city_code
