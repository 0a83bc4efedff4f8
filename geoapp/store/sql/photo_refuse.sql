UPDATE geoapp.photo
SET state = 'refused', refused_for = :reason, touched_at = now()
WHERE city_code = :city_code AND id = :id AND state = 'receiving' AND received = length
