-- The next complaints of the walk over all of them, in order.
SELECT complaint.id
FROM geoapp.complaint
WHERE complaint.city_code = :city_code AND complaint.id > :filled_to
ORDER BY complaint.id
LIMIT :most
