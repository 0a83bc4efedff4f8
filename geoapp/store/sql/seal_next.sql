-- Seals the next events of a city in feed order, at most :most; one row, or none when
-- nothing is due. Nothing at or above the oldest running transaction is taken: an event
-- before it may still commit.
--
-- What was sealed last says where to go on; an event that is sealed already and has been
-- moved behind it isn't sealed twice.
WITH last_seal AS MATERIALIZED (
    SELECT seal.number, seal.hash, seal.last_ordinal
    FROM geoapp.seal
    WHERE seal.city_code = :city
    ORDER BY seal.number DESC
    LIMIT 1
), last_event AS MATERIALIZED (
    SELECT event.xid, event.id
    FROM geoapp.event_digest AS digest
    JOIN geoapp.complaint_event AS event
      ON event.city_code = digest.city_code AND event.id = digest.event_id
    WHERE digest.city_code = :city
    ORDER BY digest.ordinal DESC
    LIMIT 1
), due AS MATERIALIZED (
    SELECT event.id, event.xid, geoapp.event_content(event) AS content,
           -- 16 bytes that nobody can foresee: a UUID alone has six fixed bits
           substr(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 1, 16) AS salt
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city
      AND (event.xid, event.id) > (coalesce((SELECT xid FROM last_event), '0'),
                                   coalesce((SELECT id FROM last_event), 0))
      AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND NOT EXISTS (
          SELECT FROM geoapp.event_digest AS known
          WHERE known.city_code = event.city_code AND known.event_id = event.id)
    ORDER BY event.xid, event.id
    LIMIT :most
), digested AS MATERIALIZED (
    SELECT due.id, due.salt, sha256(due.salt || due.content) AS digest,
           coalesce((SELECT last_ordinal FROM last_seal), 0)
               + row_number() OVER (ORDER BY due.xid, due.id) AS ordinal
    FROM due
), batch AS MATERIALIZED (
    SELECT coalesce((SELECT number FROM last_seal), 0) + 1 AS number,
           coalesce((SELECT hash FROM last_seal), decode(repeat('00', 32), 'hex')) AS previous,
           min(digested.ordinal) AS first_ordinal, max(digested.ordinal) AS last_ordinal,
           count(*) AS count, clock_timestamp() AS sealed_at,
           string_agg(digested.digest, cast('' AS bytea) ORDER BY digested.ordinal) AS digests
    FROM digested
    HAVING count(*) > 0
), sealed AS (
    INSERT INTO geoapp.seal (city_code, number, previous, first_ordinal, last_ordinal, count,
                             sealed_at, hash)
    SELECT :city, number, previous, first_ordinal, last_ordinal, count, sealed_at,
           sha256(geoapp.netstring('geoapp-seal-1')
               || geoapp.netstring(:city)
               || geoapp.netstring(cast(number AS text))
               || geoapp.netstring(encode(previous, 'hex'))
               || geoapp.netstring(cast(first_ordinal AS text))
               || geoapp.netstring(cast(last_ordinal AS text))
               || geoapp.netstring(cast(count AS text))
               || geoapp.netstring(cast(cast(extract(epoch FROM sealed_at) * 1000000 AS bigint) AS text))
               || digests)
    FROM batch
    RETURNING number, previous, first_ordinal, last_ordinal, count, sealed_at, hash
), kept AS (
    INSERT INTO geoapp.event_digest (city_code, event_id, seal_number, ordinal, salt, digest)
    SELECT :city, digested.id, batch.number, digested.ordinal, digested.salt, digested.digest
    FROM digested CROSS JOIN batch
)
SELECT number, previous, first_ordinal, last_ordinal, count AS events, sealed_at, hash FROM sealed
