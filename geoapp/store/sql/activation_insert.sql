-- No row comes back while another is under way in the city.
INSERT INTO geoapp.activation (city_code, set_id, companion_set, valid_from, mapping, started_by)
VALUES (:city_code, :set_id, :companion_set, :valid_from, cast(:mapping AS jsonb), :started_by)
ON CONFLICT (city_code) WHERE state IN ('deciding', 'decided', 'switched') DO NOTHING
RETURNING id
