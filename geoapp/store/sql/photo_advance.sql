-- A piece lies in the storage: the photo has come so far, if it stood where the piece begins.
UPDATE geoapp.photo
SET received = :received, touched_at = now()
WHERE city_code = :city_code AND id = :id AND state = 'receiving' AND received = :offset
