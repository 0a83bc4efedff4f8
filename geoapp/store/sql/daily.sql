-- Day by day: how many complaints came, and how many were open at its end by their history.
-- Comes after: matching (id, submitted_at). At most :most days, the last of them; the first is
-- :first, or (null) the first on which one came.
SELECT told.day, coalesce(came.received, 0) AS received,
       CASE WHEN told.day < coalesce(unknown.day, 'infinity') THEN coalesce(told.open, 0) END
           AS open_at_end
FROM (
    WITH changes AS (
        -- +1 where a complaint becomes open, -1 where it stops being
        SELECT (at AT TIME ZONE :timezone)::date AS day, sum(now_open - was_open) AS change
        FROM (
            SELECT event.at, (event.status = ANY (:open))::integer AS now_open,
                   lag((event.status = ANY (:open))::integer, 1, 0) OVER (
                       PARTITION BY event.complaint_id ORDER BY event.id) AS was_open
            FROM matching
            JOIN geoapp.complaint_event AS event
              ON event.city_code = :city_code AND event.complaint_id = matching.id
            WHERE event.status IS NOT NULL
        ) AS step
        WHERE now_open <> was_open
        GROUP BY 1
    ),
    begun AS (
        SELECT coalesce(cast(:first AS date), (min(submitted_at) AT TIME ZONE :timezone)::date) AS day
        FROM matching
    ),
    days AS (
        -- none at all without a first one
        SELECT generate_series(greatest(begun.day, cast(:last AS date) - (:most - 1)),
                               cast(:last AS date), interval '1 day')::date AS day
        FROM begun
        WHERE begun.day IS NOT NULL
    )
    SELECT days.day, before.open + sum(coalesce(changes.change, 0)) OVER (ORDER BY days.day) AS open
    FROM days
    LEFT JOIN changes USING (day)
    CROSS JOIN (
        SELECT coalesce(sum(change), 0) AS open
        FROM changes WHERE day < (SELECT min(day) FROM days)
    ) AS before
) AS told
LEFT JOIN (
    SELECT (submitted_at AT TIME ZONE :timezone)::date AS day, count(*) AS received
    FROM matching
    GROUP BY 1
) AS came USING (day)
CROSS JOIN (
    SELECT (min(matching.submitted_at) AT TIME ZONE :timezone)::date AS day
    FROM matching
    WHERE NOT EXISTS (
        SELECT FROM geoapp.complaint_event AS event
        WHERE event.city_code = :city_code AND event.complaint_id = matching.id
          AND event.status IS NOT NULL)
) AS unknown
ORDER BY told.day
