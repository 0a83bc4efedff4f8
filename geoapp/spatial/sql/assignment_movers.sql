-- Which complaints of a city the sets in force, with the staged ones in their places, may
-- decide otherwise than is stored. The others are proven to stay: their own polygon still
-- covers them, they don't lie where a second polygon does, and the rules give their service
-- the same agency there. So a million complaints cost one point-in-polygon test each, polygon
-- by polygon (PostGIS keeps an index of the edges while the polygon stays the same), and no
-- sorting: whatever a row is compared with comes along with its polygon.
-- May name complaints that stay (the decision itself is taken in assignment_decide.sql),
-- never leaves one out that moves. Beside each its new kelurahan, and the one that the public
-- is told, where both are plain: a point that one polygon covers and no other comes near, and
-- rules that don't ask for more (assignment_decide_plain.sql).
WITH RECURSIVE target AS MATERIALIZED (
    SELECT sets.*,
           -- offers to another road authority: asked anew when roads come, or everything does
           sets.road_set IS NOT NULL
           AND (cardinality(cast(:staged AS bigint[])) = 0
                OR sets.road_set = ANY (cast(:staged AS bigint[]))) AS roads
    FROM geoapp.sets_with(:city_code, cast(:staged AS bigint[])) AS sets
),
-- What the rules give each service in the kelurahan that a rule names, and in all others (''),
-- which share their answers: a rule is looked for once, not 68 times. Left out is what depends
-- on the point (a polygon anywhere among the rules) or on the day of submission.
rule AS MATERIALIZED (
    SELECT answers.ruled_as, jsonb_object_agg(answers.service_code, answers.answer) AS by_service
    FROM (
        SELECT ruled.code AS ruled_as, version.service_code,
               min(coalesce(acting.agency_code, version.agency_code)
                   || '/' || coalesce(acting.code, '')) AS answer
        FROM target
        CROSS JOIN (
            SELECT '' AS code
            UNION
            SELECT unnest(named.area_codes)
            FROM target
            JOIN geoapp.service_area AS named ON named.city_code = target.city_code
                                             AND named.set_id = target.service_area_set
        ) AS ruled
        JOIN geoapp.service_version AS version ON version.city_code = target.city_code
        JOIN geoapp.service ON service.city_code = target.city_code
                           AND service.code = version.service_code
        LEFT JOIN LATERAL geoapp.acting_area(
            target.city_code, target.service_area_set, service.code, service.group_code,
            ruled.code, true, NULL) AS acting ON true
        WHERE NOT EXISTS (
            SELECT FROM geoapp.service_area AS drawn
            WHERE drawn.city_code = target.city_code
              AND drawn.set_id = target.service_area_set
              AND drawn.coverage = 'polygon'
              AND coalesce(drawn.service_code, service.code) = service.code
              AND coalesce(drawn.group_code, service.group_code) = service.group_code)
        GROUP BY ruled.code, version.service_code
        HAVING count(DISTINCT (coalesce(acting.agency_code, version.agency_code), acting.code)) = 1
    ) AS answers
    GROUP BY answers.ruled_as
),
area AS MATERIALIZED (
    SELECT area.code, area.parent_code, area.geom,
           coalesce(own.by_service, others.by_service) AS by_service
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
    LEFT JOIN rule AS own ON own.ruled_as = area.code
    LEFT JOIN rule AS others ON others.ruled_as = ''
),
-- Where two polygons meet: overlaps and shared edges, in short pieces.
contested AS MATERIALIZED (
    SELECT ST_Expand(part.geom, 1e-9) AS box, part.geom
    FROM area AS one
    JOIN area AS other ON one.code < other.code AND ST_Intersects(one.geom, other.geom)
    CROSS JOIN LATERAL ST_Dump(ST_Intersection(one.geom, other.geom)) AS common
    CROSS JOIN LATERAL ST_Subdivide(common.geom, 6) AS part (geom)
),
road_group AS MATERIALIZED (
    SELECT service_group.code
    FROM target
    JOIN geoapp.service_group ON service_group.city_code = target.city_code
                             AND service_group.by_road AND target.roads
),
-- The kelurahan that complaints are in, one step of the index each.
inhabited AS (
    (SELECT kelurahan_code AS code FROM geoapp.complaint
     WHERE city_code = :city_code AND kelurahan_code IS NOT NULL
     ORDER BY kelurahan_code LIMIT 1)
    UNION ALL
    SELECT following.code
    FROM inhabited
    CROSS JOIN LATERAL (
        SELECT kelurahan_code AS code FROM geoapp.complaint
        WHERE city_code = :city_code AND kelurahan_code > inhabited.code
        ORDER BY kelurahan_code LIMIT 1
    ) AS following
),
unsure AS MATERIALIZED (
    SELECT area.code AS from_code, here.*
    FROM target
    CROSS JOIN area
    CROSS JOIN LATERAL (
        SELECT complaint.kelurahan_set AS from_set, complaint.id,
               complaint.assignment_method <> 'covers' OR complaint.ambiguous
               OR NOT area.by_service ? complaint.service_code
               OR complaint.group_code = ANY (ARRAY(SELECT code FROM road_group)) AS odd,
               complaint.geom,
               CASE WHEN complaint.shown_within_m > 0 THEN complaint.public_geom END AS public_geom
        FROM geoapp.complaint
        WHERE complaint.city_code = target.city_code AND complaint.kelurahan_code = area.code
          AND (
              (complaint.geom IS NULL
               OR (complaint.assignment_method = 'confirmed'
                   AND complaint.kelurahan_set = target.kelurahan_set)
               OR (complaint.assignment_method = 'covers' AND NOT complaint.ambiguous
                   AND ST_Covers(area.geom, complaint.geom)
                   -- the kelurahan told to the public goes by a position of its own
                   AND (complaint.shown_within_m = 0
                        OR (complaint.public_kelurahan_code = area.code
                            AND ST_Covers(area.geom, complaint.public_geom)))))
              AND complaint.assignment_method <> 'manual'
              AND complaint.kecamatan_code IS NOT DISTINCT FROM area.parent_code
              AND complaint.agency_code || '/' || coalesce(complaint.service_area_code, '')
                  = area.by_service ->> complaint.service_code
              AND complaint.group_code <> ALL (ARRAY(SELECT code FROM road_group))
              -- kept as the area of then, and the new set holds from before it came
              AND (complaint.submitted_at >= cast(:starts AS timestamptz)
                   AND coalesce(complaint.then_kelurahan_code, complaint.then_kecamatan_code,
                                complaint.public_then_kelurahan_code,
                                complaint.public_then_kecamatan_code) IS NOT NULL) IS NOT TRUE
          ) IS NOT TRUE
        OFFSET 0  -- area by area: see above
    ) AS here
    UNION ALL
    SELECT NULL, NULL, complaint.id, true, NULL, NULL
    FROM contested
    JOIN geoapp.complaint ON complaint.geom && contested.box
    WHERE complaint.city_code = :city_code AND NOT complaint.ambiguous
      AND ST_DWithin(complaint.geom, contested.geom, 1e-9)
    UNION ALL
    -- where the public is told of, at such a place
    SELECT NULL, NULL, complaint.id, true, NULL, NULL
    FROM contested
    JOIN geoapp.complaint ON complaint.public_geom && contested.box
    WHERE complaint.city_code = :city_code AND complaint.shown_within_m > 0
      AND ST_DWithin(complaint.public_geom, contested.geom, 1e-9)
    UNION ALL
    -- in no kelurahan, or in one that the new set doesn't know
    SELECT NULL, NULL, complaint.id, true, NULL, NULL
    FROM geoapp.complaint
    WHERE complaint.city_code = :city_code AND complaint.kelurahan_code IS NULL
    UNION ALL
    SELECT gone.code, complaint.kelurahan_set, complaint.id,
           complaint.assignment_method <> 'covers' OR complaint.ambiguous, complaint.geom,
           CASE WHEN complaint.shown_within_m > 0 THEN complaint.public_geom END
    FROM (
        SELECT code FROM inhabited
        EXCEPT
        SELECT code FROM area
    ) AS gone
    JOIN geoapp.complaint ON complaint.city_code = :city_code
                         AND complaint.kelurahan_code = gone.code
),
-- The areas that whoever was in a kelurahan can be in now: those near what it was.
near AS MATERIALIZED (
    SELECT was.from_set, was.from_code, area.code, area.geom
    FROM (SELECT DISTINCT from_set, from_code FROM unsure WHERE NOT odd) AS was
    CROSS JOIN LATERAL (
        SELECT geom FROM geoapp.area AS old
        WHERE old.city_code = :city_code AND old.set_id = was.from_set AND old.code = was.from_code
        OFFSET 0  -- by its key: a few of all that were ever kept
    ) AS old
    JOIN area ON area.geom && old.geom
),
located AS (
    SELECT unsure.id, unsure.public_geom IS NULL AS for_all, near.code
    FROM unsure
    JOIN near ON near.from_set = unsure.from_set AND near.from_code = unsure.from_code
    WHERE NOT unsure.odd AND unsure.geom && near.geom AND ST_Covers(near.geom, unsure.geom)
),
located_public AS (
    SELECT unsure.id, near.code
    FROM unsure
    JOIN near ON near.from_set = unsure.from_set AND near.from_code = unsure.from_code
    WHERE NOT unsure.odd AND unsure.public_geom && near.geom
      AND ST_Covers(near.geom, unsure.public_geom)
)
SELECT together.id,
       bool_or(together.odd) OR count(together.code) <> 1 OR count(together.public_code) <> 1 AS odd,
       min(together.code) AS code, min(together.public_code) AS public_code
FROM (
    SELECT id, odd, NULL AS code, NULL AS public_code FROM unsure
    UNION ALL
    SELECT id, false, code, CASE WHEN for_all THEN code END FROM located
    UNION ALL
    SELECT id, false, NULL, code FROM located_public
) AS together
GROUP BY together.id
ORDER BY together.id
