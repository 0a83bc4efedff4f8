-- Today's digest of every agency of a city that has none yet, from six in the morning of
-- the city's own day by the database's clock. Lists are cut at 50 tickets, the most urgent
-- first; the counts beside them are whole. Places and deadlines, no words of citizens: a
-- digest stays when those are erased.
WITH here AS MATERIALIZED (
    SELECT city.code AS city_code, now() AS moment, local.today,
           (local.today + 1)::timestamp AT TIME ZONE city.timezone AS end_of_day
    FROM geoapp.city
    CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE city.timezone)::date AS today) AS local
    WHERE city.code = :city_code
      AND (now() AT TIME ZONE city.timezone)::time >= time '06:00'
),
missing AS MATERIALIZED (
    SELECT agency.city_code, agency.code
    FROM here
    JOIN geoapp.agency ON agency.city_code = here.city_code
    WHERE EXISTS (
              SELECT FROM geoapp.agency_version AS version
              WHERE version.city_code = agency.city_code AND version.agency_code = agency.code
                AND daterange(version.valid_from, version.valid_to) @> here.today)
      AND NOT EXISTS (
              SELECT FROM geoapp.agency_digest AS made
              WHERE made.city_code = agency.city_code AND made.agency_code = agency.code
                AND made.day = here.today)
),
entry AS (
    SELECT complaint.city_code, complaint.agency_code, lists.list,
           row_number() OVER (
               PARTITION BY complaint.agency_code, lists.list
               ORDER BY lists.urgency, complaint.id) AS place,
           jsonb_build_object(
               'ticket', complaint.ticket, 'service', complaint.service_code,
               'status', complaint.status, 'kelurahan', area.name,
               'submitted_at', complaint.submitted_at, 'due_at', lists.due_at,
               'hold_since', complaint.hold_since) AS told
    FROM here
    JOIN geoapp.complaint_work AS complaint ON complaint.city_code = here.city_code
     AND complaint.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
    JOIN missing ON missing.city_code = complaint.city_code AND missing.code = complaint.agency_code
    CROSS JOIN LATERAL (
        SELECT 'overdue' AS list, complaint.due_at AS urgency, complaint.due_at
        WHERE geoapp.is_overdue(complaint.status, complaint.due_at, here.moment)
        UNION ALL
        SELECT 'verify_late', complaint.verify_due_at, complaint.verify_due_at
        WHERE geoapp.is_verify_late(
            complaint.status, complaint.verified_at, complaint.verify_due_at, here.moment)
        UNION ALL
        SELECT 'answer_late', complaint.answer_due_at, complaint.answer_due_at
        WHERE geoapp.is_answer_late(
            complaint.status, complaint.first_response_at, complaint.answer_due_at, here.moment)
        UNION ALL
        SELECT 'due_today', complaint.due_at, complaint.due_at
        WHERE complaint.status <> 'on_hold'
          AND complaint.due_at >= here.moment AND complaint.due_at < here.end_of_day
        UNION ALL
        SELECT held.list, held.since, complaint.due_at
        FROM (
            SELECT coalesce(complaint.hold_since, complaint.updated_at) AS since, 'on_hold' AS list
            UNION ALL
            SELECT complaint.hold_since, 'on_hold_long'
            WHERE complaint.status = 'on_hold'
              AND geoapp.working_days_after(
                      complaint.city_code, complaint.hold_since, 10) < here.moment
        ) AS held
        WHERE complaint.status = 'on_hold'
        UNION ALL
        SELECT 'new', complaint.submitted_at, complaint.due_at
        WHERE complaint.submitted_at >= here.moment - interval '24 hours'
    ) AS lists
    LEFT JOIN LATERAL geoapp.area_told(
        complaint.city_code, complaint.kelurahan_set, complaint.kelurahan_code) AS area ON true
)
INSERT INTO geoapp.agency_digest (city_code, agency_code, day, made_at, data)
SELECT missing.city_code, missing.code, here.today, here.moment,
       jsonb_build_object('counts', told.counts, 'lists', told.lists)
FROM here
CROSS JOIN missing
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(name.list, coalesce(found.total, 0)) AS counts,
           jsonb_object_agg(name.list, coalesce(found.entries, '[]')) AS lists
    FROM unnest(ARRAY[
        'overdue', 'verify_late', 'answer_late', 'due_today', 'on_hold', 'on_hold_long', 'new']) AS name (list)
    LEFT JOIN LATERAL (
        SELECT count(*) AS total,
               jsonb_agg(entry.told ORDER BY entry.place) FILTER (WHERE entry.place <= 50) AS entries
        FROM entry
        WHERE entry.agency_code = missing.code AND entry.list = name.list
    ) AS found ON true
) AS told
-- Two workers at once: one row each is enough.
ON CONFLICT DO NOTHING
