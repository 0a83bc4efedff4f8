-- A photo that was hidden may be seen again by whoever may see its complaint.
UPDATE geoapp.photo
SET hidden_at = NULL, hidden_by = NULL, hidden_reason = NULL
WHERE city_code = :city_code AND id = :id AND hidden_at IS NOT NULL
  AND erased_at IS NULL
