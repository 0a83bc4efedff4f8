-- One vector tile: points while they are few, else counts on a grid of 64 x 64 cells.
-- Comes after, both already cut to the tile: few (at most :most + 1 rows, so the scan that
-- decides stops there) and many (all rows; read only for cells). wx and wy are the shown
-- position in the unit square of web mercator, y southwards.
-- A tile has 4096 x 4096 units, y downwards; positions are taken down to whole units, so
-- that every point lies inside (rounding would put some on the far edge).
SELECT CASE WHEN :as_points AND (SELECT count(*) FROM few) <= :most THEN (
    SELECT ST_AsMVT(point, 'points', 4096, 'shape')
    FROM (
        SELECT ticket, group_code AS "group", service_code AS service, status,
               extract(epoch FROM submitted_at)::bigint AS submitted,
               CASE WHEN geoapp.deadline_state(status, due_at, :now) NOT IN ('paused', 'done')
                    THEN extract(epoch FROM due_at)::bigint END AS due,
               simulated,
               ST_MakePoint(
                   greatest(0, least(4095, floor((wx * (1 << :zoom) - :column) * 4096))),
                   greatest(0, least(4095, floor((wy * (1 << :zoom) - :row) * 4096)))) AS shape
        FROM few
        ORDER BY few.submitted_at, few.id
    ) AS point
) ELSE (
    SELECT ST_AsMVT(cell, 'cells', 4096, 'shape')
    FROM (
        -- a cell is named by its lower left corner
        SELECT counted.count, counted.overdue,
               ST_MakePoint(64 * spot.cell_column, 64 * (spot.cell_row + 1)) AS shape
        FROM (
            SELECT CASE
                       -- the tile's cells are tiles six zooms deeper: up to zoom 12 six bits
                       -- a side of the Morton key, without looking at the point
                       WHEN :zoom <= 12 THEN (tile18 - :first) >> greatest(0, 24 - 2 * :zoom)
                       ELSE greatest(0, least(63, floor((wx * (1 << :zoom) - :column) * 64)))::bigint
                          + greatest(0, least(63, floor((wy * (1 << :zoom) - :row) * 64)))::bigint * 64
                   END AS cell,
                   count(*) AS count,
                   count(*) FILTER (WHERE geoapp.is_overdue(status, due_at, :now)) AS overdue
            FROM many
            GROUP BY 1
        ) AS counted
        CROSS JOIN LATERAL (
            SELECT CASE WHEN :zoom <= 12 THEN
                       (cell & 1) | (cell >> 1 & 2) | (cell >> 2 & 4)
                       | (cell >> 3 & 8) | (cell >> 4 & 16) | (cell >> 5 & 32)
                   ELSE cell & 63 END AS cell_column,
                   CASE WHEN :zoom <= 12 THEN
                       (cell >> 1 & 1) | (cell >> 2 & 2) | (cell >> 3 & 4)
                       | (cell >> 4 & 8) | (cell >> 5 & 16) | (cell >> 6 & 32)
                   ELSE cell >> 6 END AS cell_row
        ) AS spot
        ORDER BY counted.cell
    ) AS cell
) END AS mvt
