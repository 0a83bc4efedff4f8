-- The history of a junk call: why the complaint that was just stored is rejected.
INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor, data)
VALUES (:city_code, :complaint_id, :ticket, 'status', 'rejected', :actor,
        jsonb_build_object('class', 'junk', 'reason', cast(:reason AS text)))
