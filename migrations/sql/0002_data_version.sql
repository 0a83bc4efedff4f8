-- Two things that readers of the public map lean on.
SET LOCAL lock_timeout = '5s';

-- What a city's public data stands at, for ETags. Ids commit out of order, so the last
-- one alone would miss a transaction that commits late: the last event below the oldest
-- running transaction (everything there is settled) and the number in sight above it
-- (which only grows) together change with every commit.
-- With the owner's rights: visitors don't read the history itself.
CREATE FUNCTION geoapp.data_version(p_city text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
               (SELECT event.xid || '.' || event.id
                FROM geoapp.complaint_event AS event
                WHERE event.city_code = p_city
                  AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY event.xid DESC, event.id DESC
                LIMIT 1), '0')
        || '.' ||
        (SELECT count(*)
         FROM geoapp.complaint_event AS event
         WHERE event.city_code = p_city
           AND event.xid >= pg_snapshot_xmin(pg_current_snapshot()))
$$;
REVOKE EXECUTE ON FUNCTION geoapp.data_version(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.data_version(text) TO geoapp_visitor, geoapp_worker;

-- The history joined by the complaint's key, which its index starts with; by the ticket,
-- one complaint's history read every event of the city.
CREATE OR REPLACE VIEW geoapp.complaint_event_public AS
SELECT event.city_code, event.id, event.xid, complaint.ticket, event.kind, event.status, event.at
FROM geoapp.complaint_event AS event
JOIN geoapp.complaint ON complaint.city_code = event.city_code
                     AND complaint.id = event.complaint_id
WHERE NOT complaint.confidential
  AND event.kind IN ('submitted', 'status', 'assignment', 'answer');
