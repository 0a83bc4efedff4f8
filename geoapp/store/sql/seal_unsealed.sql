-- How many events wait to be sealed, and the moment of the oldest. What was loaded has the
-- moments it tells of, which may lie years back: it is counted, its moments aren't.
WITH last_event AS MATERIALIZED (
    SELECT event.xid, event.id
    FROM geoapp.event_digest AS digest
    JOIN geoapp.complaint_event AS event
      ON event.city_code = digest.city_code AND event.id = digest.event_id
    WHERE digest.city_code = :city
    ORDER BY digest.ordinal DESC
    LIMIT 1
)
SELECT count(*) AS events,
       cast(greatest(0, extract(epoch FROM clock_timestamp() - min(event.at) FILTER (
           WHERE event.actor NOT IN ('import', 'simulation')))) AS float8) AS oldest_s
FROM geoapp.complaint_event AS event
WHERE event.city_code = :city
  AND (event.xid, event.id) > (coalesce((SELECT xid FROM last_event), '0'),
                               coalesce((SELECT id FROM last_event), 0))
