-- What was merged into a complaint that is now merged itself moves on to its lead, so that
-- every duplicate names the complaint that is worked on.
WITH moved AS (
    UPDATE geoapp.complaint
    SET duplicate_of = :lead_id, version = version + 1, updated_at = :now
    WHERE city_code = :city_code AND duplicate_of = :id
    RETURNING city_code, id, ticket
)
INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
SELECT moved.city_code, moved.id, moved.ticket, 'merged', :actor,
       jsonb_build_object('lead', cast(:lead AS text), 'through', cast(:ticket AS text))
FROM moved
RETURNING id
