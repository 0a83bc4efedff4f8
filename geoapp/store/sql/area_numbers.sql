-- Figures by area. Comes after: matching (area_code, status, due_at, resolved_at, closed_at).
-- Areas without a complaint are told too: those in force, or (:then) those of every set that
-- was valid on a day of the period. A code of several sets goes by its name in the newest.
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
FULL JOIN (
    SELECT DISTINCT ON (told.code) told.*
    FROM (
        SELECT CASE :level WHEN 'kelurahan' THEN area.code ELSE area.parent_code END AS code,
               CASE :level WHEN 'kelurahan' THEN area.name ELSE area.parent_name END AS name,
               CASE :level WHEN 'kelurahan' THEN area.parent_name END AS parent,
               sets.version, sets.status, sets.valid_from, sets.id,
               CASE WHEN :then
                    THEN (sets.valid_to IS NULL OR sets.valid_to > sets.valid_from)
                         AND (cast(:first AS date) IS NULL OR sets.valid_to IS NULL
                              OR sets.valid_to > cast(:first AS date))
                         AND (cast(:last AS date) IS NULL
                              OR sets.valid_from <= cast(:last AS date))
                    ELSE sets.status = 'active' END AS of_period
        FROM geoapp.boundary_set AS sets
        JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
        WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan'
          AND sets.status <> 'staged'
    ) AS told
    WHERE told.code IS NOT NULL
    ORDER BY told.code, told.of_period DESC, told.status = 'active' DESC,
             told.valid_from DESC NULLS LAST, told.id DESC
) AS known ON known.code = counted.code
WHERE known.of_period OR counted.total > 0
ORDER BY known.parent NULLS LAST, known.name, code NULLS LAST
