-- Writes entries of the history, in their order; the ids come back in it. The database dates
-- them: nobody may.
INSERT INTO geoapp.complaint_event
    (city_code, complaint_id, ticket, kind, status, actor, data)
SELECT :city_code, event.complaint_id, event.ticket, event.kind, event.status, :actor,
       event.data
FROM ROWS FROM (jsonb_to_recordset(cast(:events AS jsonb))
     AS (complaint_id bigint, ticket text, kind text, status text, data jsonb))
     WITH ORDINALITY AS event (complaint_id, ticket, kind, status, data, place)
ORDER BY event.place
RETURNING id
