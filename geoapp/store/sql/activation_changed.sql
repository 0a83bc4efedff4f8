-- Complaints that transactions at or above a mark have stored or changed: each such change
-- writes an event.
SELECT DISTINCT complaint_id
FROM geoapp.complaint_event
WHERE city_code = :city_code AND xid >= cast(cast(:seen_xid AS text) AS xid8)
ORDER BY complaint_id
