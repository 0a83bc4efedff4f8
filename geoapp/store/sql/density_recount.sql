-- Counts complaints anew: what stands of them now against what was counted, and the difference
-- goes into the cells. The caller holds the city's density_state, so nobody else counts.
--   ids: complaints to compare, each once; before, after: moments by which the clock's part of
--   what was counted stood and is to stand
WITH touched AS MATERIALIZED (
    SELECT id FROM unnest(cast(:ids AS bigint[])) AS wanted (id)
),
counted AS MATERIALIZED (
    SELECT kept.*
    FROM touched
    JOIN geoapp.density_counted AS kept
      ON kept.city_code = :city_code AND kept.complaint_id = touched.id
),
standing AS MATERIALIZED (
    SELECT complaint.city_code, complaint.id AS complaint_id, complaint.group_code,
           complaint.status, complaint.submitted_at, complaint.due_at,
           coalesce(complaint.resolved_at, complaint.closed_at) AS done_at,
           complaint.agency_code, complaint.tile18,
           coalesce(complaint.kelurahan_code, '') AS kelurahan_code,
           coalesce(complaint.kecamatan_code, '') AS kecamatan_code,
           -- what everybody sees, and where, is said by the public view alone
           shown.tile18 AS public_tile18,
           CASE WHEN shown.id IS NOT NULL THEN coalesce(shown.kelurahan_code, '') END
               AS public_kelurahan_code,
           CASE WHEN shown.id IS NOT NULL THEN coalesce(shown.kecamatan_code, '') END
               AS public_kecamatan_code
    FROM touched
    JOIN geoapp.complaint ON complaint.city_code = :city_code AND complaint.id = touched.id
    LEFT JOIN geoapp.complaint_public AS shown
           ON shown.city_code = :city_code AND shown.id = touched.id
    WHERE complaint.location_kind = 'point'
),
signed AS (
    SELECT -1 AS sign, cast(:before AS timestamptz) AS at, counted.* FROM counted
    UNION ALL
    SELECT 1, cast(:after AS timestamptz), standing.* FROM standing
),
contribution AS MATERIALIZED (
    SELECT side.kind, side.tile18, side.kelurahan_code, side.kecamatan_code, signed.group_code,
           signed.status, signed.agency_code,
           cast(date_trunc('month', signed.submitted_at AT TIME ZONE city.timezone) AS date) AS month,
           CASE WHEN signed.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold',
                                       'reopened') THEN 'open'
                WHEN signed.status IN ('resolved', 'closed') THEN 'done'
                ELSE 'other' END AS state,
           signed.sign,
           CASE WHEN geoapp.is_overdue(signed.status, signed.due_at, signed.at)
                THEN signed.sign ELSE 0 END AS overdue,
           CASE WHEN signed.status IN ('resolved', 'closed')
                     AND signed.done_at >= signed.at - interval '48 hours'
                THEN signed.sign ELSE 0 END AS recent
    FROM signed
    JOIN geoapp.city ON city.code = :city_code
    CROSS JOIN LATERAL (VALUES
        ('work', signed.tile18, signed.kelurahan_code, signed.kecamatan_code),
        ('public', signed.public_tile18, signed.public_kelurahan_code, signed.public_kecamatan_code)
    ) AS side (kind, tile18, kelurahan_code, kecamatan_code)
    WHERE side.tile18 IS NOT NULL
),
totals AS (
    INSERT INTO geoapp.density_total AS held (
        city_code, kind, zoom, group_code, cell, open_count, overdue_count, done_count,
        recent_count, other_count)
    SELECT :city_code, contribution.kind, level.zoom, named.group_code,
           contribution.tile18 >> 2 * (18 - level.zoom) AS cell,
           coalesce(sum(sign) FILTER (WHERE state = 'open'), 0), sum(overdue),
           coalesce(sum(sign) FILTER (WHERE state = 'done'), 0), sum(recent),
           coalesce(sum(sign) FILTER (WHERE state = 'other'), 0)
    FROM contribution
    CROSS JOIN (VALUES (17), (18)) AS level (zoom)
    CROSS JOIN LATERAL (VALUES (contribution.group_code), ('')) AS named (group_code)
    GROUP BY contribution.kind, level.zoom, named.group_code, cell
    HAVING coalesce(sum(sign) FILTER (WHERE state = 'open'), 0) <> 0
        OR sum(overdue) <> 0 OR sum(recent) <> 0
        OR coalesce(sum(sign) FILTER (WHERE state = 'done'), 0) <> 0
        OR coalesce(sum(sign) FILTER (WHERE state = 'other'), 0) <> 0
    ON CONFLICT (city_code, kind, zoom, group_code, cell) DO UPDATE
    SET open_count = held.open_count + excluded.open_count,
        overdue_count = held.overdue_count + excluded.overdue_count,
        done_count = held.done_count + excluded.done_count,
        recent_count = held.recent_count + excluded.recent_count,
        other_count = held.other_count + excluded.other_count
),
cells AS (
    INSERT INTO geoapp.density_cell AS held (
        city_code, kind, month, cell, group_code, status, agency_code, kelurahan_code,
        kecamatan_code, count, overdue_count, recent_count)
    SELECT :city_code, kind, span.month, tile18 >> 2, group_code, status, agency_code,
           kelurahan_code, kecamatan_code, sum(sign), sum(overdue), sum(recent)
    FROM contribution
    CROSS JOIN LATERAL (VALUES (contribution.month), (cast('-infinity' AS date))) AS span (month)
    GROUP BY kind, span.month, tile18 >> 2, group_code, status, agency_code, kelurahan_code,
             kecamatan_code
    HAVING sum(sign) <> 0 OR sum(overdue) <> 0 OR sum(recent) <> 0
    ON CONFLICT (city_code, kind, month, cell, group_code, status, agency_code, kelurahan_code,
                 kecamatan_code) DO UPDATE
    SET count = held.count + excluded.count,
        overdue_count = held.overdue_count + excluded.overdue_count,
        recent_count = held.recent_count + excluded.recent_count
),
gone AS (
    DELETE FROM geoapp.density_counted AS kept
    USING counted
    WHERE kept.city_code = :city_code AND kept.complaint_id = counted.complaint_id
      AND NOT EXISTS (SELECT FROM standing WHERE standing.complaint_id = counted.complaint_id)
),
kept AS (
    INSERT INTO geoapp.density_counted AS held
    SELECT standing.* FROM standing
    LEFT JOIN counted USING (complaint_id)
    WHERE counted.complaint_id IS NULL OR (standing.*) IS DISTINCT FROM (counted.*)
    ON CONFLICT (city_code, complaint_id) DO UPDATE
    SET group_code = excluded.group_code, status = excluded.status,
        submitted_at = excluded.submitted_at, due_at = excluded.due_at,
        done_at = excluded.done_at, agency_code = excluded.agency_code,
        tile18 = excluded.tile18, kelurahan_code = excluded.kelurahan_code,
        kecamatan_code = excluded.kecamatan_code, public_tile18 = excluded.public_tile18,
        public_kelurahan_code = excluded.public_kelurahan_code,
        public_kecamatan_code = excluded.public_kecamatan_code
)
SELECT count(*) FROM contribution
