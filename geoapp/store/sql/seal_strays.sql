-- What has no place: events among the sealed ones that nobody sealed, events of a
-- transaction that is yet to come, digests of no seal. One statement, one moment.
WITH last_event AS MATERIALIZED (
    SELECT event.xid, event.id
    FROM geoapp.event_digest AS digest
    JOIN geoapp.complaint_event AS event
      ON event.city_code = digest.city_code AND event.id = digest.event_id
    WHERE digest.city_code = :city
    ORDER BY digest.ordinal DESC
    LIMIT 1
)
SELECT 'event' AS what, event.id, event.ticket,
       event.xid >= pg_snapshot_xmax(pg_current_snapshot()) AS ahead
FROM geoapp.complaint_event AS event
WHERE event.city_code = :city
  AND (event.xid >= pg_snapshot_xmax(pg_current_snapshot())
       OR ((event.xid, event.id) < ((SELECT xid FROM last_event), (SELECT id FROM last_event))
           AND NOT EXISTS (
               SELECT FROM geoapp.event_digest AS digest
               WHERE digest.city_code = event.city_code AND digest.event_id = event.id)))
UNION ALL
SELECT 'digest', digest.event_id, NULL, false
FROM geoapp.event_digest AS digest
WHERE digest.city_code = :city
  AND NOT EXISTS (
      SELECT FROM geoapp.seal
      WHERE seal.city_code = digest.city_code AND seal.number = digest.seal_number)
