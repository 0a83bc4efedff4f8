-- The number of the breach that a request recorded, among the city's breaches.
SELECT count(*) FROM geoapp.privacy_request
WHERE city_code = :city AND kind = 'breach' AND id <= :id
