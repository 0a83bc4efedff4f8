-- The published seals with these numbers, in order.
SELECT number, encode(hash, 'hex') AS hash, sealed_at
FROM geoapp.seal
WHERE city_code = :city_code AND number = ANY (:numbers)
ORDER BY number
