-- Complaints that ended more than :days days ago and still have somebody's contact or mark, at
-- most :most. What was merged into one ends with it. A
-- contact of somebody who came later is kept as long as it would be had the complaint ended then.
SELECT head.id
FROM (
    SELECT coalesce(complaint.duplicate_of, complaint.id) AS id
    FROM geoapp.contact AS kept
    JOIN geoapp.complaint
      ON complaint.city_code = kept.city_code AND complaint.id = kept.complaint_id
    WHERE kept.city_code = :city AND kept.erased_at IS NULL
      AND kept.created_at < now() - make_interval(days => :days)
    UNION
    SELECT coalesce(complaint.duplicate_of, complaint.id)
    FROM geoapp.complaint_sender AS kept
    JOIN geoapp.complaint
      ON complaint.city_code = kept.city_code AND complaint.id = kept.complaint_id
    WHERE kept.city_code = :city AND kept.person NOT LIKE 'gone:%'
    UNION
    SELECT coalesce(complaint.duplicate_of, complaint.id)
    FROM geoapp.supporter AS kept
    JOIN geoapp.complaint
      ON complaint.city_code = kept.city_code AND complaint.id = kept.complaint_id
    WHERE kept.city_code = :city AND kept.person NOT LIKE 'gone:%'
) AS found
JOIN geoapp.complaint AS head ON head.city_code = :city AND head.id = found.id
CROSS JOIN LATERAL (
    SELECT coalesce(
        head.closed_at,
        (SELECT max(event.at) FROM geoapp.complaint_event AS event
         WHERE event.city_code = head.city_code AND event.complaint_id = head.id
           AND event.status = head.status),
        head.updated_at) AS at
) AS ended
WHERE head.status IN ('closed', 'rejected', 'out_of_authority')
  AND ended.at < now() - make_interval(days => :days)
ORDER BY head.id
LIMIT :most
