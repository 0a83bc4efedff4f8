-- From the beginning: contacts may have come before anybody looked.
INSERT INTO geoapp.notice_cursor (city_code, xid, event_id)
VALUES (:city_code, '0', 0)
ON CONFLICT DO NOTHING
