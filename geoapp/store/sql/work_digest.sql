-- An agency's digest of a day, or its last one.
SELECT agency_code, day, made_at, data
FROM geoapp.agency_digest
WHERE city_code = :city_code
  AND agency_code = :agency
  AND (cast(:day AS date) IS NULL OR day = :day)
ORDER BY day DESC
LIMIT 1
