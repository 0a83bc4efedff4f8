-- One vector tile of density cells from what was counted beforehand. Comes after: part (key, n,
-- late): counts by Morton key of the cell, positive or negative; those of one cell add up.
-- Not current when the cells have moved on to another moment than :counted_for: ask again.
--   first: key of the tile's first cell; side: of a cell, in units of the tile's 4096
SELECT coalesce(sum(drawn.count), 0) AS total,
       geoapp.density_moment(:city_code) IS NOT DISTINCT FROM :counted_for AS current,
       ST_AsMVT(drawn, 'cells', 4096, 'shape') AS mvt
FROM (
    -- a cell is named by its lower left corner
    SELECT cell.count, cell.overdue, CASE WHEN :side <> 64 THEN :side END AS side,
           ST_MakePoint(:side * spot.cell_column, :side * (spot.cell_row + 1)) AS shape
    FROM (
        SELECT key - :first AS key, sum(n)::bigint AS count, sum(late)::bigint AS overdue
        FROM part
        GROUP BY key
        HAVING sum(n) <> 0
    ) AS cell
    CROSS JOIN LATERAL (
        SELECT (key & 1) | (key >> 1 & 2) | (key >> 2 & 4)
               | (key >> 3 & 8) | (key >> 4 & 16) | (key >> 5 & 32) AS cell_column,
               (key >> 1 & 1) | (key >> 2 & 2) | (key >> 3 & 4)
               | (key >> 4 & 8) | (key >> 5 & 16) | (key >> 6 & 32) AS cell_row
    ) AS spot
    ORDER BY cell.key
) AS drawn
