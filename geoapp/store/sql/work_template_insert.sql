-- A new text to answer with.
INSERT INTO geoapp.answer_template (city_code, agency_code, name, body)
VALUES (:city_code, :agency, :name, :body)
RETURNING id, agency_code, name, body
