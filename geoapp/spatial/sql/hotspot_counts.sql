-- One group's public complaints of a window, counted per hexagon and kelurahan.
--
-- Only what a visitor may see is counted: complaint_public gives public positions and no
-- confidential rows. Junk and repetitions already merged into another complaint are no
-- further evidence. Complaints on a default point come as rows of their own, one per `pile`
-- (numbered from 1) without a cell: which they are is decided on exact positions, because
-- blurring scatters such a pile into a false hotspot.
--
-- Binning is arithmetic, with the formula of hotspot_grid.sql inverted: fractional axial
-- coordinates, rounded in cube form (q + r + s = 0; the coordinate with the largest
-- rounding error is derived from the other two).
WITH aside AS MATERIALIZED (
    SELECT c.id, p.pile
    FROM unnest(
        CAST(:pile_tiles AS bigint[]), CAST(:pile_lon6 AS bigint[]), CAST(:pile_lat6 AS bigint[])
    ) WITH ORDINALITY AS p (tile18, lon6, lat6, pile)
    JOIN geoapp.complaint AS c
        ON c.city_code = :city_code AND c.location_kind = 'point' AND c.tile18 = p.tile18
        AND round(ST_X(c.geom) * 1e6)::bigint = p.lon6
        AND round(ST_Y(c.geom) * 1e6)::bigint = p.lat6
), counted AS MATERIALIZED (
    SELECT c.id, c.kelurahan_set, c.kelurahan_code, c.simulated, c.geom
    FROM geoapp.complaint_public AS c
    WHERE c.city_code = :city_code AND c.group_code = :group_code
        AND c.submitted_at > :since AND c.submitted_at <= :until
        AND c.location_kind = 'point' AND c.status NOT IN ('rejected', 'duplicate')
), metric AS (
    SELECT kelurahan_set, kelurahan_code, simulated,
        -- what a trusted channel placed on the other side of the earth can't be projected: it is
        -- put beyond every cell, and counted as outside
        CASE WHEN around.box IS NULL OR geom && around.box THEN ST_Transform(geom, :metric_srid)
             ELSE ST_SetSRID(ST_MakePoint(-2e7, -2e7), :metric_srid) END AS point
    FROM counted
    CROSS JOIN (
        SELECT ST_Expand(ST_SetSRID(ST_Extent(area.geom)::geometry, 4326), 1) AS box
        FROM geoapp.area
        JOIN geoapp.boundary_set AS sets ON sets.city_code = area.city_code AND sets.id = area.set_id
        WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
    ) AS around
    -- NOT IN is hashed whatever the planner thinks of the pile's size; an outer join was
    -- planned as a nested loop (17,000 on one point: 30 s instead of 0.4 s).
    WHERE id NOT IN (SELECT id FROM aside)
    -- Each OFFSET 0 keeps the planner from merging the steps, which would project a point
    -- again for every mention of its coordinates (a million points: 10 s instead of 2).
    OFFSET 0
), axial AS (
    SELECT kelurahan_set, kelurahan_code, simulated,
        ST_X(point) / :cell_m - ST_Y(point) / :cell_m / sqrt(3::double precision) AS q,
        ST_Y(point) / :cell_m * 2 / sqrt(3::double precision) AS r
    FROM metric
    OFFSET 0
), rounded AS (
    SELECT kelurahan_set, kelurahan_code, simulated,
        round(q) AS q, round(r) AS r, round(-q - r) AS s,
        abs(round(q) - q) AS dq, abs(round(r) - r) AS dr, abs(round(-q - r) + q + r) AS ds
    FROM axial
    OFFSET 0
), binned AS (
    SELECT
        (CASE WHEN dq > dr AND dq > ds THEN -r - s ELSE q END)::integer AS q,
        (CASE WHEN dq > dr AND dq > ds THEN r WHEN dr > ds THEN -q - s ELSE r END)::integer AS r,
        kelurahan_set, kelurahan_code,
        count(*) AS complaints, count(*) FILTER (WHERE simulated) AS simulated
    FROM rounded
    GROUP BY 1, 2, 3, 4
)
SELECT b.q, b.r, a.name AS kelurahan, NULL::bigint AS pile, b.complaints, b.simulated
FROM binned AS b
-- The name it had when the complaint was assigned, whatever set is active now.
LEFT JOIN geoapp.area AS a
    ON a.city_code = :city_code AND a.set_id = b.kelurahan_set AND a.code = b.kelurahan_code
UNION ALL
SELECT NULL, NULL, NULL, pile, count(*), count(*) FILTER (WHERE simulated)
FROM aside JOIN counted USING (id)
GROUP BY pile
