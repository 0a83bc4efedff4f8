-- Which complaints of a city the sets in force, with the staged ones in their places, may
-- decide otherwise than is stored. The others are proven to stay: their polygon has the very
-- corners of the one that once covered them, or still covers them, they don't lie where a
-- second polygon does, and the rules give their service the same agency there. So a million
-- complaints are read once, and only those of areas that changed are tested against polygons.
-- May name complaints that stay (the decision itself is taken in assignment_decide.sql),
-- never leaves one out that moves. Beside each its new kelurahan, and the one that the public
-- is told, where both are plain: a point that one polygon covers and no other comes near, and
-- rules that don't ask for more (assignment_decide_plain.sql).
WITH target AS MATERIALIZED (
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
           coalesce(own.by_service, others.by_service) AS by_service,
           -- the sets that have it with exactly these corners: whom it covered, it covers
           ARRAY(SELECT old.set_id
                 FROM geoapp.area AS old
                 WHERE old.city_code = target.city_code AND old.code = area.code
                   AND old.geom = area.geom) AS unchanged_since
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
-- Those not proven to stay, in one reading of them all. odd: the whole decision is to be taken,
-- the others only need to be located. same_else: stays if it is where it was.
asked AS MATERIALIZED (
    SELECT complaint.id, complaint.kelurahan_set AS from_set,
           complaint.kelurahan_code AS from_code,
           complaint.assignment_method <> 'covers' OR complaint.ambiguous
           OR NOT coalesce(area.by_service, elsewhere.by_service) ? complaint.service_code
           OR complaint.group_code = ANY (ARRAY(SELECT code FROM road_group)) AS odd,
           known.same_else IS TRUE AS same_else, complaint.geom,
           CASE WHEN complaint.shown_within_m > 0 THEN complaint.public_geom END AS public_geom
    FROM target
    JOIN geoapp.complaint ON complaint.city_code = target.city_code
    LEFT JOIN area ON area.code = complaint.kelurahan_code
    LEFT JOIN rule AS elsewhere ON elsewhere.ruled_as = ''
    CROSS JOIN LATERAL (
        SELECT complaint.agency_code || '/' || coalesce(complaint.service_area_code, '')
                   = area.by_service ->> complaint.service_code
               AND complaint.kecamatan_code IS NOT DISTINCT FROM area.parent_code
               AND complaint.assignment_method <> 'manual'
               AND complaint.group_code <> ALL (ARRAY(SELECT code FROM road_group))
               -- kept as the area of then, and the new set holds from before it came
               AND (complaint.submitted_at >= cast(:starts AS timestamptz)
                    AND coalesce(complaint.then_kelurahan_code, complaint.then_kecamatan_code,
                                 complaint.public_then_kelurahan_code,
                                 complaint.public_then_kecamatan_code) IS NOT NULL) IS NOT TRUE
               -- the kelurahan told to the public goes by a position of its own
               AND (complaint.shown_within_m = 0 OR complaint.geom IS NULL
                    OR complaint.public_kelurahan_code = area.code) AS same_else
    ) AS known
    WHERE (known.same_else
           AND ((complaint.assignment_method = 'covers' AND NOT complaint.ambiguous
                 AND complaint.kelurahan_set = ANY (area.unchanged_since))
                OR complaint.geom IS NULL
                OR (complaint.assignment_method = 'confirmed'
                    AND complaint.kelurahan_set = target.kelurahan_set))
          ) IS NOT TRUE
),
-- In the new set they may be claimed twice, or be told to the public as claimed twice.
claimed AS (
    SELECT complaint.id
    FROM contested
    JOIN geoapp.complaint ON complaint.geom && contested.box
    WHERE complaint.city_code = :city_code AND NOT complaint.ambiguous
      AND ST_DWithin(complaint.geom, contested.geom, 1e-9)
    UNION ALL
    SELECT complaint.id
    FROM contested
    JOIN geoapp.complaint ON complaint.public_geom && contested.box
    WHERE complaint.city_code = :city_code AND complaint.shown_within_m > 0
      AND ST_DWithin(complaint.public_geom, contested.geom, 1e-9)
),
-- The areas that whoever was in a kelurahan can be in now: those near what it was.
near AS MATERIALIZED (
    SELECT was.from_set, was.from_code, area.code, ST_Envelope(area.geom) AS box
    FROM (SELECT DISTINCT from_set, from_code FROM asked WHERE NOT odd) AS was
    CROSS JOIN LATERAL (
        SELECT geom FROM geoapp.area AS old
        WHERE old.city_code = :city_code AND old.set_id = was.from_set AND old.code = was.from_code
        OFFSET 0  -- by its key: a few of all that were ever kept
    ) AS old
    JOIN area ON area.geom && old.geom
),
-- The positions to be located. Those told to the public are asked apart where they are others
-- (told; null: the same). In the order of areas: PostGIS keeps an index of a polygon's edges
-- for as long as it is asked of the same one.
point AS MATERIALIZED (
    SELECT sorted.*, ST_Covers(area.geom, sorted.geom) AS at_home
    FROM (
        SELECT id, from_set, from_code, CASE WHEN public_geom IS NOT NULL THEN false END AS told,
               geom
        FROM asked WHERE NOT odd
        UNION ALL
        SELECT id, from_set, from_code, true, public_geom
        FROM asked WHERE NOT odd AND public_geom IS NOT NULL
        ORDER BY 2, 3
        OFFSET 0
    ) AS sorted
    LEFT JOIN area ON area.code = sorted.from_code
),
located AS (
    SELECT id, told, from_code AS code FROM point WHERE at_home
    UNION ALL
    SELECT away.id, away.told, area.code
    FROM (
        SELECT point.id, point.told, point.geom, near.code
        FROM point
        JOIN near ON near.from_set = point.from_set AND near.from_code = point.from_code
        WHERE point.at_home IS NOT TRUE AND point.geom && near.box
        ORDER BY near.code
        OFFSET 0
    ) AS away
    JOIN area ON area.code = away.code
    WHERE ST_Covers(area.geom, away.geom)
)
SELECT found.id, found.odd, found.code, found.public_code
FROM (
    SELECT together.id, min(together.code) AS code, min(together.public_code) AS public_code,
           min(together.from_code) AS from_code, bool_or(together.same_else) AS same_else,
           bool_or(together.odd) OR count(together.code) <> 1 OR count(together.public_code) <> 1
               AS odd
    FROM (
        SELECT id, odd, same_else, from_code, NULL AS code, NULL AS public_code FROM asked
        UNION ALL
        SELECT id, true, false, NULL, NULL, NULL FROM claimed
        UNION ALL
        SELECT id, false, false, NULL, CASE WHEN told IS NOT TRUE THEN code END,
               CASE WHEN told IS NOT FALSE THEN code END
        FROM located
    ) AS together
    GROUP BY together.id
) AS found
WHERE found.odd OR NOT found.same_else
   OR (found.code, found.public_code) IS DISTINCT FROM (found.from_code, found.from_code)
ORDER BY found.id
