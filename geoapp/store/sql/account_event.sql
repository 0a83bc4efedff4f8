INSERT INTO geoapp.admin_event (city_code, actor, kind, subject, data)
VALUES (:city_code, :actor, :kind, :subject, CAST(:data AS jsonb))
