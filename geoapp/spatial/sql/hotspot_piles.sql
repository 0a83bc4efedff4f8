-- Exact coordinates on which many complaints of any group are piled, and how mixed they are.
--
-- Reads the exact positions of every located complaint of the look-back (a blurred
-- service's default point shows only there). Coordinates are the same when they agree to
-- 1e-6 degrees, about 0.1 m. `others` are a pile's complaints outside its largest group,
-- city_others those of the city outside that same group. same_day is Simpson's chance that
-- two complaints share a day, over pairs; days are the city's own.
--
-- shown_lon/lat may be published: the coordinate itself if a visitor sees a complaint
-- there anyway, else the label point of the kelurahan that most of the pile's complaints
-- are in for visitors. Counts of the pile decide only; hotspot_counts.sql publishes how many
-- visitors could see.
WITH located AS MATERIALIZED (
    SELECT c.tile18, round(ST_X(c.geom) * 1e6)::bigint AS lon6,
        round(ST_Y(c.geom) * 1e6)::bigint AS lat6, c.group_code,
        (c.submitted_at AT TIME ZONE city.timezone)::date AS day,
        c.kelurahan_set,
        CASE WHEN NOT c.confidential THEN c.public_kelurahan_code END AS kelurahan_code,
        NOT c.confidential AND ST_Equals(c.geom, c.public_geom) AS shown
    FROM geoapp.complaint AS c
    JOIN geoapp.city ON city.code = c.city_code
    WHERE c.city_code = :city_code AND c.location_kind = 'point'
        AND c.submitted_at > :since AND c.submitted_at <= :until
        AND c.status NOT IN ('rejected', 'duplicate')
), city_group AS (
    SELECT group_code, count(*) AS n FROM located GROUP BY group_code
), city_day AS (
    SELECT day, count(*) AS n FROM located GROUP BY day
), city AS (
    SELECT g.n AS complaints, g.groups, d.pairs / greatest(g.n * (g.n - 1), 1) AS same_day
    FROM (SELECT sum(n) AS n, count(*) AS groups FROM city_group) AS g,
        (SELECT sum(n * (n - 1)) AS pairs FROM city_day) AS d
), pile AS MATERIALIZED (
    SELECT tile18, lon6, lat6, count(*) AS complaints
    FROM located
    GROUP BY tile18, lon6, lat6
    HAVING count(*) >= :least
    -- The largest are enough, and the bound tells the planner that they are few: without it
    -- the join below sorts every complaint of the year.
    ORDER BY count(*) DESC
    LIMIT 500
), piled AS MATERIALIZED (
    SELECT located.* FROM pile JOIN located USING (tile18, lon6, lat6)
), pile_place AS MATERIALIZED (
    SELECT tile18, lon6, lat6, bool_or(shown) AS shown,
        mode() WITHIN GROUP (ORDER BY kelurahan_set) AS kelurahan_set,
        mode() WITHIN GROUP (ORDER BY kelurahan_code) AS kelurahan_code
    FROM piled
    GROUP BY tile18, lon6, lat6
), pile_group AS MATERIALIZED (
    SELECT DISTINCT ON (tile18, lon6, lat6) tile18, lon6, lat6, group_code AS largest,
        n AS largest_n, count(*) OVER (PARTITION BY tile18, lon6, lat6) AS groups
    FROM (
        SELECT tile18, lon6, lat6, group_code, count(*) AS n
        FROM piled
        GROUP BY tile18, lon6, lat6, group_code
    ) AS counted
    ORDER BY tile18, lon6, lat6, n DESC, group_code
), pile_day AS MATERIALIZED (
    SELECT tile18, lon6, lat6, sum(n * (n - 1)) AS pairs
    FROM (
        SELECT tile18, lon6, lat6, day, count(*) AS n
        FROM piled
        GROUP BY tile18, lon6, lat6, day
    ) AS counted
    GROUP BY tile18, lon6, lat6
)
SELECT p.tile18, p.lon6, p.lat6, p.complaints, p.complaints - g.largest_n AS others, g.groups,
    (d.pairs / greatest(p.complaints * (p.complaints - 1), 1))::double precision AS same_day,
    city.complaints::bigint AS city_complaints,
    (city.complaints - cg.n)::bigint AS city_others, city.groups AS city_groups,
    city.same_day::double precision AS city_same_day,
    CASE
        WHEN at.shown THEN p.lon6 / 1e6::double precision
        ELSE coalesce(ST_X(a.label), ST_X(c.centre))
    END AS shown_lon,
    CASE
        WHEN at.shown THEN p.lat6 / 1e6::double precision
        ELSE coalesce(ST_Y(a.label), ST_Y(c.centre))
    END AS shown_lat
FROM pile AS p
JOIN pile_place AS at USING (tile18, lon6, lat6)
JOIN pile_group AS g USING (tile18, lon6, lat6)
JOIN pile_day AS d USING (tile18, lon6, lat6)
JOIN city_group AS cg ON cg.group_code = g.largest
CROSS JOIN city
JOIN geoapp.city AS c ON c.code = :city_code
LEFT JOIN geoapp.area AS a
    ON a.city_code = :city_code AND a.set_id = at.kelurahan_set AND a.code = at.kelurahan_code
ORDER BY p.complaints DESC, p.lon6, p.lat6
