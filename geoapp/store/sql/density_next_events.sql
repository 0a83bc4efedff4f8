-- The next events in feed order, none that could still be preceded.
SELECT event.complaint_id, cast(event.xid AS text) AS xid, event.id
FROM geoapp.complaint_event AS event
WHERE event.city_code = :city_code AND (event.xid, event.id) > (cast(:xid AS xid8), :event_id)
  AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY event.xid, event.id
LIMIT :most
