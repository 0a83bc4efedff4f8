-- A city's seals before a number (null: from the end), newest first.
SELECT number, previous, first_ordinal, last_ordinal, count AS events, sealed_at, hash
FROM geoapp.seal
WHERE city_code = :city
  AND number < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY number DESC
LIMIT :most
