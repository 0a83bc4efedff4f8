-- Where the feed stands: its epoch and the last event that nothing can still precede.
SELECT cast(feed_epoch.epoch AS text) AS epoch,
       coalesce(cast(last.xid AS text), '0') AS xid, coalesce(last.id, 0) AS id
FROM geoapp.feed_epoch
LEFT JOIN LATERAL (
    SELECT event.xid, event.id
    FROM geoapp.complaint_event AS event
    WHERE event.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY event.xid DESC, event.id DESC
    LIMIT 1
) AS last ON true
