-- One text to answer with.
SELECT id, agency_code, name, body
FROM geoapp.answer_template
WHERE city_code = :city_code AND id = :id AND retired_at IS NULL
