-- The next sealed contacts of a city, in the order of their numbers; locked until they are kept.
SELECT id, name_sealed, email_sealed, phone_sealed, email_digest, phone_digest
FROM geoapp.contact
WHERE city_code = :city_code
  AND id > :after
  AND num_nonnulls(name_sealed, email_sealed, phone_sealed) > 0
ORDER BY id
LIMIT :most
FOR UPDATE
