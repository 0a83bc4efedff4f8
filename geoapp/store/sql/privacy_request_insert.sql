-- Notes what was asked and done; its number.
INSERT INTO geoapp.privacy_request (city_code, kind, actor, reason, data)
VALUES (:city, :kind, :actor, :reason, cast(:data AS jsonb))
RETURNING id, at
