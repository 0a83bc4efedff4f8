-- Staff takes a photo from public sight; row-level security says who may.
UPDATE geoapp.photo
SET hidden_at = clock_timestamp(), hidden_by = :by, hidden_reason = :reason
WHERE city_code = :city_code AND id = :id AND hidden_at IS NULL AND erased_at IS NULL
