-- Texts to answer with: an agency's own and those for all; every text without an agency.
SELECT id, agency_code, name, body
FROM geoapp.answer_template
WHERE city_code = :city_code
  AND retired_at IS NULL
  AND (cast(:agency AS text) IS NULL OR agency_code IS NULL OR agency_code = :agency)
ORDER BY agency_code IS NULL, name, id
