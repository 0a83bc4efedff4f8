-- Checks one square of zoom 12 in one snapshot. 'counted': complaints without a change since
-- must stand as they were counted. 'cell' and 'total': the sums of what was counted must be what
-- the cells say. Each names how many entries don't.
WITH changed AS MATERIALIZED (
    SELECT geoapp.density_changed(:city_code) AS id
),
state AS (
    SELECT moment FROM geoapp.density_state WHERE city_code = :city_code
),
counted AS MATERIALIZED (
    SELECT kept.* FROM geoapp.density_counted AS kept
    WHERE kept.city_code = :city_code
      AND :prefix IN (kept.tile18 >> 12, kept.public_tile18 >> 12)
),
standing AS (
    SELECT complaint.id, complaint.group_code, complaint.status, complaint.submitted_at,
           complaint.due_at, coalesce(complaint.resolved_at, complaint.closed_at) AS done_at,
           complaint.agency_code, complaint.tile18,
           coalesce(complaint.kelurahan_code, '') AS kelurahan_code,
           coalesce(complaint.kecamatan_code, '') AS kecamatan_code,
           shown.tile18 AS public_tile18,
           CASE WHEN shown.id IS NOT NULL THEN coalesce(shown.kelurahan_code, '') END
               AS public_kelurahan_code,
           CASE WHEN shown.id IS NOT NULL THEN coalesce(shown.kecamatan_code, '') END
               AS public_kecamatan_code
    FROM geoapp.complaint
    LEFT JOIN geoapp.complaint_public AS shown
           ON shown.city_code = :city_code AND shown.id = complaint.id
    WHERE complaint.city_code = :city_code AND complaint.location_kind = 'point'
      -- read by the keys' ranges; a public position may lie in another square than the true one
      AND (complaint.tile18 BETWEEN :prefix << 12 AND ((:prefix + 1) << 12) - 1
           OR complaint.id IN (SELECT complaint_id FROM counted)
           OR complaint.public_tile18 BETWEEN :prefix << 12 AND ((:prefix + 1) << 12) - 1)
),
contribution AS MATERIALIZED (
    SELECT side.kind, side.tile18, side.kelurahan_code, side.kecamatan_code, counted.group_code,
           counted.status, counted.agency_code,
           cast(date_trunc('month', counted.submitted_at AT TIME ZONE city.timezone) AS date) AS month,
           cast(geoapp.is_overdue(counted.status, counted.due_at, state.moment) AS integer) AS overdue,
           cast(counted.status IN ('resolved', 'closed')
                AND coalesce(counted.done_at >= state.moment - interval '48 hours', false)
                AS integer) AS recent
    FROM counted
    CROSS JOIN state
    JOIN geoapp.city ON city.code = :city_code
    CROSS JOIN LATERAL (VALUES
        ('work', counted.tile18, counted.kelurahan_code, counted.kecamatan_code),
        ('public', counted.public_tile18, counted.public_kelurahan_code,
         counted.public_kecamatan_code)
    ) AS side (kind, tile18, kelurahan_code, kecamatan_code)
    WHERE side.tile18 >> 12 = :prefix
),
expected_cell AS (
    SELECT kind, span.month, tile18 >> 2 AS cell, group_code, status, agency_code, kelurahan_code,
           kecamatan_code, count(*) AS count, sum(overdue) AS overdue_count, sum(recent) AS recent_count
    FROM contribution
    CROSS JOIN LATERAL (VALUES (contribution.month), (cast('-infinity' AS date))) AS span (month)
    GROUP BY kind, span.month, tile18 >> 2, group_code, status, agency_code, kelurahan_code,
             kecamatan_code
),
held_cell AS (
    SELECT kind, month, cell, group_code, status, agency_code, kelurahan_code, kecamatan_code,
           count, overdue_count, recent_count
    FROM geoapp.density_cell
    WHERE city_code = :city_code AND cell >> 10 = :prefix AND count <> 0
),
expected_total AS (
    SELECT kind, level.zoom, named.group_code, tile18 >> 2 * (18 - level.zoom) AS cell,
           count(*) FILTER (WHERE state = 'open') AS open_count, sum(overdue) AS overdue_count,
           count(*) FILTER (WHERE state = 'done') AS done_count, sum(recent) AS recent_count,
           count(*) FILTER (WHERE state = 'other') AS other_count
    FROM contribution
    CROSS JOIN LATERAL (SELECT CASE
        WHEN status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
            THEN 'open'
        WHEN status IN ('resolved', 'closed') THEN 'done'
        ELSE 'other' END AS state) AS told
    CROSS JOIN (VALUES (17), (18)) AS level (zoom)
    CROSS JOIN LATERAL (VALUES (contribution.group_code), ('')) AS named (group_code)
    GROUP BY kind, level.zoom, named.group_code, cell
),
held_total AS (
    SELECT kind, zoom, group_code, cell, open_count, overdue_count, done_count, recent_count,
           other_count
    FROM geoapp.density_total
    WHERE city_code = :city_code AND cell >> 2 * (zoom - 12) = :prefix
      AND (open_count <> 0 OR done_count <> 0 OR other_count <> 0)
)
SELECT 'counted' AS what, count(*) AS wrong
FROM (SELECT * FROM standing WHERE id NOT IN (SELECT id FROM changed)) AS standing
FULL JOIN (SELECT * FROM counted WHERE complaint_id NOT IN (SELECT id FROM changed)) AS counted
       ON counted.complaint_id = standing.id
WHERE (standing.id, standing.group_code, standing.status, standing.submitted_at, standing.due_at,
       standing.done_at, standing.agency_code, standing.tile18, standing.kelurahan_code,
       standing.kecamatan_code, standing.public_tile18, standing.public_kelurahan_code,
       standing.public_kecamatan_code)
    IS DISTINCT FROM
      (counted.complaint_id, counted.group_code, counted.status, counted.submitted_at,
       counted.due_at, counted.done_at, counted.agency_code, counted.tile18,
       counted.kelurahan_code, counted.kecamatan_code, counted.public_tile18,
       counted.public_kelurahan_code, counted.public_kecamatan_code)
  -- confidential ones whose hidden public position alone lies here aren't counted here
  AND NOT (counted.complaint_id IS NULL AND standing.tile18 >> 12 <> :prefix
           AND standing.public_tile18 IS NULL)
UNION ALL
SELECT 'cell', count(*) FROM (
    (TABLE expected_cell EXCEPT ALL TABLE held_cell)
    UNION ALL
    (TABLE held_cell EXCEPT ALL TABLE expected_cell)) AS different
UNION ALL
SELECT 'total', count(*) FROM (
    (TABLE expected_total EXCEPT ALL TABLE held_total)
    UNION ALL
    (TABLE held_total EXCEPT ALL TABLE expected_total)) AS different
