-- Events of a transaction that stays open for a while, so that commits come in another order
-- than ids.
WITH written AS (
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor)
    SELECT complaint.city_code, complaint.id, complaint.ticket, 'status', complaint.status, 'system'
    FROM geoapp.complaint
    CROSS JOIN generate_series(1, :many)
    WHERE complaint.ticket = :ticket
    RETURNING id
)
SELECT count(*), pg_sleep(:held_s) FROM written
