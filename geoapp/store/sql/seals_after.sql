-- A city's seals after a number, in order.
SELECT number, previous, first_ordinal, last_ordinal, count AS events, sealed_at, hash
FROM geoapp.seal
WHERE city_code = :city AND number > :after
ORDER BY number
LIMIT :most
