-- Digests after an ordinal up to another, in order, each with its event as it is now.
-- A moment that isn't finite has no microseconds; as null it fits no digest either.
SELECT digest.event_id, digest.seal_number, digest.ordinal, digest.salt, digest.digest,
       erasure.event_id IS NOT NULL AS erased,
       event.id, event.complaint_id, event.ticket, event.kind, event.status, event.actor,
       cast(event.data AS text) AS data, cast(event.xid AS text) AS xid,
       CASE WHEN isfinite(event.at)
            THEN cast(extract(epoch FROM event.at) * 1000000 AS bigint) END AS at_us,
       complaint.description AS words
FROM geoapp.event_digest AS digest
LEFT JOIN geoapp.complaint_event AS event
       ON event.city_code = digest.city_code AND event.id = digest.event_id
LEFT JOIN geoapp.complaint
       ON event.kind = 'submitted'
      AND complaint.city_code = event.city_code AND complaint.id = event.complaint_id
LEFT JOIN geoapp.erasure
       ON erasure.city_code = digest.city_code AND erasure.event_id = digest.event_id
WHERE digest.city_code = :city
  AND digest.ordinal > :after
  AND digest.ordinal <= :up_to
ORDER BY digest.ordinal
LIMIT :most
