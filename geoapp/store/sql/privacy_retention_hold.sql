-- Those of :heads that ended more than :days days ago still, locked: nobody reopens one meanwhile.
SELECT head.id
FROM geoapp.complaint AS head
CROSS JOIN LATERAL (
    SELECT coalesce(
        head.closed_at,
        (SELECT max(event.at) FROM geoapp.complaint_event AS event
         WHERE event.city_code = head.city_code AND event.complaint_id = head.id
           AND event.status = head.status),
        head.updated_at) AS at
) AS ended
WHERE head.city_code = :city AND head.id = ANY (cast(:heads AS bigint[]))
  AND head.status IN ('closed', 'rejected', 'out_of_authority')
  AND ended.at < now() - make_interval(days => :days)
ORDER BY head.id
FOR NO KEY UPDATE OF head SKIP LOCKED
