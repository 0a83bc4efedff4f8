-- Begins to count a city from nothing. Whatever commits from here on comes after the cursor: it
-- is counted by its event, whether or not the walk over the complaints has met it.
INSERT INTO geoapp.density_state AS state (city_code, epoch, phase, filled_tile, filled_to, xid, event_id, moment)
SELECT :city_code, feed_epoch.epoch, 'clearing', -1, 0,
       -- the last event that nothing can precede any more
       coalesce(last.xid, '0'), coalesce(last.id, 0), :moment
FROM geoapp.feed_epoch
LEFT JOIN LATERAL (
    SELECT event.xid, event.id
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city_code AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY event.xid DESC, event.id DESC
    LIMIT 1
) AS last ON true
ON CONFLICT (city_code) DO UPDATE
SET epoch = excluded.epoch, phase = 'clearing', filled_tile = -1, filled_to = 0, xid = excluded.xid,
    event_id = excluded.event_id, moment = excluded.moment
