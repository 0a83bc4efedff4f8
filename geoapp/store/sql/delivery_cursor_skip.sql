-- No mail server: what happens now is told to nobody, not even later.
INSERT INTO geoapp.notice_cursor (city_code, xid, event_id)
SELECT :city_code, coalesce(last.xid, '0'), coalesce(last.id, 0)
FROM (SELECT) AS always
LEFT JOIN LATERAL (
    SELECT event.xid, event.id
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city_code
      AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY event.xid DESC, event.id DESC
    LIMIT 1
) AS last ON true
ON CONFLICT (city_code) DO UPDATE
SET xid = excluded.xid, event_id = excluded.event_id, mail_since = clock_timestamp()
