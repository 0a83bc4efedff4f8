SET LOCAL lock_timeout = '5s';

-- What a monitor wants to know of the data, as name, labels and value; counts only, so that
-- nothing personal can get into a monitoring system. With the owner's rights: who may ask
-- needn't be able to read what is counted. Each count has an index behind it.
CREATE FUNCTION geoapp.operations_state()
RETURNS TABLE (name text, labels jsonb, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'geoapp_complaints_open', jsonb_build_object('city', city.slug), open.all_of_them
    FROM geoapp.city
    CROSS JOIN LATERAL (
        SELECT count(*)::double precision AS all_of_them FROM geoapp.complaint
        WHERE complaint.city_code = city.code
          AND complaint.status IN
              ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
    ) AS open
    UNION ALL
    SELECT 'geoapp_complaints_overdue', jsonb_build_object('city', city.slug), late.all_of_them
    FROM geoapp.city
    CROSS JOIN LATERAL (
        SELECT count(*)::double precision AS all_of_them FROM geoapp.complaint
        WHERE complaint.city_code = city.code
          AND complaint.status IN
              ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
          AND geoapp.is_overdue(complaint.status, complaint.due_at, now())
    ) AS late
    UNION ALL
    SELECT 'geoapp_complaints_last_hour', jsonb_build_object('city', city.slug), new.all_of_them
    FROM geoapp.city
    CROSS JOIN LATERAL (
        SELECT count(*)::double precision AS all_of_them FROM geoapp.complaint
        WHERE complaint.city_code = city.code
          AND complaint.submitted_at > now() - interval '1 hour'
          AND NOT complaint.simulated
    ) AS new
    UNION ALL
    SELECT 'geoapp_jobs', jsonb_build_object('status', job.status), count(*)::double precision
    FROM procrastinate.procrastinate_jobs AS job
    WHERE job.status IN ('todo', 'doing', 'failed')
    GROUP BY job.status
    UNION ALL
    SELECT 'geoapp_hotspots_age_seconds', jsonb_build_object('city', city.slug),
           extract(epoch FROM now() - max(run.computed_at))::double precision
    FROM geoapp.city
    JOIN geoapp.hotspot_run AS run ON run.city_code = city.code
    GROUP BY city.slug
    UNION ALL
    -- as geoapp/store/sql/seal_unsealed.sql counts them: what comes after the last sealed one
    SELECT waiting.name, jsonb_build_object('city', city.slug), waiting.value
    FROM geoapp.city
    CROSS JOIN LATERAL (
        SELECT event.xid, event.id
        FROM (SELECT '0'::xid8 AS xid, 0::bigint AS id, 0::bigint AS ordinal
              UNION ALL
              (SELECT event.xid, event.id, digest.ordinal
               FROM geoapp.event_digest AS digest
               JOIN geoapp.complaint_event AS event
                 ON event.city_code = digest.city_code AND event.id = digest.event_id
               WHERE digest.city_code = city.code
               ORDER BY digest.ordinal DESC
               LIMIT 1)) AS event
        ORDER BY event.ordinal DESC
        LIMIT 1
    ) AS sealed
    CROSS JOIN LATERAL (
        SELECT count(*)::double precision AS events,
               coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(event.at) FILTER (
                   WHERE event.actor NOT IN ('import', 'simulation')))), 0)::double precision AS oldest_s
        FROM geoapp.complaint_event AS event
        WHERE event.city_code = city.code
          AND (event.xid, event.id) > (sealed.xid, sealed.id)
    ) AS unsealed
    CROSS JOIN LATERAL (VALUES
        ('geoapp_events_unsealed', unsealed.events),
        ('geoapp_unsealed_age_seconds', unsealed.oldest_s)) AS waiting (name, value)
    UNION ALL
    SELECT 'geoapp_database_connections', jsonb_build_object('application', activity.application_name),
           count(*)::double precision
    FROM pg_stat_activity AS activity
    WHERE activity.datname = current_database()
    GROUP BY activity.application_name
$$;
REVOKE EXECUTE ON FUNCTION geoapp.operations_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.operations_state() TO geoapp_listener;

-- Where a complaint goes on that was merged into another, for everybody: not that of a
-- confidential one, nor a confidential lead. As in the other public views, whoever asks needn't
-- be able to read what lies behind.
CREATE VIEW geoapp.complaint_lead_public AS
SELECT merged.city_code, merged.ticket, lead.ticket AS lead
FROM geoapp.complaint AS merged
JOIN geoapp.complaint AS lead ON lead.city_code = merged.city_code AND lead.id = merged.duplicate_of
WHERE merged.status = 'duplicate' AND NOT merged.confidential AND NOT lead.confidential;
GRANT SELECT ON geoapp.complaint_lead_public TO geoapp_visitor;
