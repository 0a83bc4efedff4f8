-- Events after a cursor, in feed order, with the complaint as the public may see it (null
-- when it may not). Nothing at or above the oldest running transaction is read: a lower
-- event may still commit there.
SELECT event.city_code, cast(event.xid AS text) AS xid, event.id, event.ticket,
       -- a merge is told as the status it leads to; what turns public is told as it stands
       CASE WHEN event.kind IN ('merged', 'unmerged', 'flag') THEN 'status'
            -- whoever shows its words takes them away; that a confidential one is there isn't told
            WHEN event.kind = 'erased' AND complaint.id IS NOT NULL THEN 'retraction'
            ELSE event.kind END AS kind,
       event.at,
       -- notes, people, replies and deadlines are nobody's but the staff's
       complaint.id IS NOT NULL
       AND (event.kind IN ('submitted', 'status', 'answer', 'flag', 'support')
            OR (event.kind IN ('merged', 'unmerged') AND event.status IS NOT NULL)
            -- that a blurred complaint moved to another area would tell where it lies
            OR (event.kind = 'assignment' AND complaint.shown_within_m = 0)) AS visible,
       complaint.service_code,
       complaint.group_code, complaint.status, complaint.location_kind, complaint.simulated,
       complaint.submitted_at, complaint.due_at, complaint.kelurahan_code,
       complaint.agency_code, complaint.supporters, area.name AS kelurahan_name,
       ST_X(complaint.geom) AS lon, ST_Y(complaint.geom) AS lat
FROM geoapp.complaint_event AS event
LEFT JOIN geoapp.complaint_public AS complaint
       ON complaint.city_code = event.city_code AND complaint.id = event.complaint_id
LEFT JOIN LATERAL geoapp.area_told(
    complaint.city_code, complaint.kelurahan_set, complaint.kelurahan_code) AS area ON true
WHERE (event.xid, event.id) > (cast(:xid AS xid8), :id)
  AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY event.xid, event.id
LIMIT :most
