-- The hexagons that touch the city, with the area each has inside it.
--
-- Pointy-top hexagons in axial coordinates (q, r) around the metric CRS's own origin, so
-- that a cell keeps its name whatever the boundaries, the window or the group:
-- centre = cell_m * (q + r/2, r * sqrt(3)/2), corners cell_m / sqrt(3) from it. The same
-- arithmetic bins the points in hotspot_counts.sql.
--
-- The city is the union of the active kelurahan (real files overlap: the sum of the parts
-- would count those slivers twice). names: kelurahan by their share of the cell, without
-- those that have less than a twentieth of the part inside.
WITH area AS MATERIALIZED (
    SELECT a.set_id, a.code, a.name, ST_Transform(a.geom, :metric_srid) AS geom
    FROM geoapp.boundary_set AS s
    JOIN geoapp.area AS a ON a.city_code = s.city_code AND a.set_id = s.id
    WHERE s.city_code = :city_code AND s.layer = 'kelurahan' AND s.status = 'active'
), city AS MATERIALIZED (
    SELECT ST_UnaryUnion(ST_Collect(geom)) AS geom, min(set_id) AS set_id FROM area
), box AS (
    -- In units of the cell, half a hexagon wider on every side.
    SELECT
        ST_XMin(geom) / :cell_m - 1 AS west, ST_XMax(geom) / :cell_m + 1 AS east,
        ST_YMin(geom) / :cell_m - 1 AS south, ST_YMax(geom) / :cell_m + 1 AS north
    FROM city
), candidate AS (
    SELECT q, r, :cell_m * (q + r / 2.0::double precision) AS x,
        :cell_m * r * sqrt(3::double precision) / 2 AS y
    FROM box,
        generate_series(
            floor(south * 2 / sqrt(3))::integer, ceil(north * 2 / sqrt(3))::integer
        ) AS r,
        generate_series(
            floor(west - r / 2.0)::integer, ceil(east - r / 2.0)::integer
        ) AS q
), hexagon AS MATERIALIZED (
    SELECT c.q, c.r, ST_MakePolygon(ST_MakeLine(ARRAY[
        ST_SetSRID(ST_MakePoint(x, y + corner), :metric_srid),
        ST_SetSRID(ST_MakePoint(x + half, y + corner / 2), :metric_srid),
        ST_SetSRID(ST_MakePoint(x + half, y - corner / 2), :metric_srid),
        ST_SetSRID(ST_MakePoint(x, y - corner), :metric_srid),
        ST_SetSRID(ST_MakePoint(x - half, y - corner / 2), :metric_srid),
        ST_SetSRID(ST_MakePoint(x - half, y + corner / 2), :metric_srid),
        ST_SetSRID(ST_MakePoint(x, y + corner), :metric_srid)
    ])) AS geom
    FROM candidate AS c,
        (SELECT :cell_m / 2 AS half, :cell_m / sqrt(3::double precision) AS corner) AS size
), inside AS MATERIALIZED (
    -- Most cells lie wholly inside: the prepared city tells so without cutting.
    SELECT h.q, h.r, h.geom, CASE
        WHEN ST_Covers(city.geom, h.geom) THEN ST_Area(h.geom)
        ELSE ST_Area(ST_Intersection(city.geom, h.geom))
    END AS inside_m2, city.set_id
    FROM city JOIN hexagon AS h ON ST_Intersects(city.geom, h.geom)
), named AS (
    SELECT i.q, i.r, a.name, a.code, CASE
        WHEN ST_Covers(a.geom, i.geom) THEN i.inside_m2
        ELSE ST_Area(ST_Intersection(a.geom, i.geom))
    END AS part_m2
    FROM area AS a JOIN inside AS i ON ST_Intersects(a.geom, i.geom)
)
SELECT i.q, i.r, i.inside_m2, i.set_id,
    ST_AsGeoJSON(ST_Transform(i.geom, 4326), 7)::jsonb -> 'coordinates' -> 0 AS ring,
    coalesce(
        array_agg(n.name ORDER BY n.part_m2 DESC, n.code) FILTER (WHERE n.part_m2 >= i.inside_m2 / 20),
        '{}'
    ) AS names
FROM inside AS i
LEFT JOIN named AS n USING (q, r)
-- A cell that only touches the city's edge can hold nobody's complaint.
WHERE i.inside_m2 > 0
GROUP BY i.q, i.r, i.inside_m2, i.set_id, i.geom
ORDER BY i.q, i.r
