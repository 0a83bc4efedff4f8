-- Figures by area. Comes after: matching (area_code, status, due_at, resolved_at, closed_at) and
-- known (area_known.sql): areas of the period without a complaint are told too.
SELECT coalesce(known.code, counted.code) AS code,
       coalesce(known.name, counted.code) AS name, known.parent, known.version AS valid_set,
       coalesce(counted.total, 0) AS total, coalesce(counted.open, 0) AS open,
       coalesce(counted.overdue, 0) AS overdue, coalesce(counted.done, 0) AS done,
       coalesce(counted.in_time, 0) AS in_time
FROM (
    SELECT area_code AS code, count(*) AS total,
           count(*) FILTER (WHERE status = ANY (:open)) AS open,
           count(*) FILTER (WHERE geoapp.is_overdue(status, due_at, :now)) AS overdue,
           count(*) FILTER (WHERE status = ANY (:done)) AS done,
           count(*) FILTER (WHERE status = ANY (:done)
                              AND coalesce(resolved_at, closed_at) <= due_at) AS in_time
    FROM matching
    GROUP BY area_code
) AS counted
FULL JOIN known ON known.code = counted.code
WHERE known.of_period OR counted.total > 0
ORDER BY known.parent NULLS LAST, known.name, code NULLS LAST
