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
-- The codes of areas that a set has with exactly these corners.
same AS MATERIALIZED (
    SELECT since.set_id, array_agg(area.code) AS codes
    FROM area
    CROSS JOIN LATERAL unnest(area.unchanged_since) AS since (set_id)
    GROUP BY since.set_id
),
-- Those not proven to stay, in one reading of them all. odd: the whole decision is to be taken,
-- the others only need to be located. same_else: stays if it is where it was. beside: in no
-- area, given to the nearest.
asked AS MATERIALIZED (
    SELECT complaint.id, complaint.kelurahan_set AS from_set,
           complaint.kelurahan_code AS from_code,
           complaint.public_kelurahan_code AS from_public,
           complaint.assignment_method <> 'covers' OR complaint.ambiguous
           OR NOT coalesce(area.by_service, elsewhere.by_service) ? complaint.service_code
           OR complaint.group_code = ANY (ARRAY(SELECT code FROM road_group)) AS odd,
           known.same_else IS TRUE AS same_else,
           complaint.assignment_method = 'nearest' AND NOT complaint.ambiguous
           AND complaint.kelurahan_set = ANY (area.unchanged_since) AS beside, complaint.geom,
           CASE WHEN complaint.shown_within_m > 0 THEN complaint.public_geom END AS public_geom
    FROM geoapp.complaint
    CROSS JOIN target
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
    WHERE complaint.city_code = :city_code
      AND (known.same_else
           AND ((complaint.assignment_method = 'covers' AND NOT complaint.ambiguous
                 AND complaint.kelurahan_set = ANY (area.unchanged_since))
                OR complaint.geom IS NULL
                OR (complaint.assignment_method = 'confirmed'
                    AND complaint.kelurahan_set = target.kelurahan_set))
          ) IS NOT TRUE
),
-- Beside every area they stay with the nearest where no other is to be thought of than before:
-- geoapp.nearest_area measures those with a piece in this box, of which none has changed.
beside AS MATERIALIZED (
    SELECT asked.id
    FROM asked
    CROSS JOIN target
    JOIN same ON same.set_id = asked.from_set
    WHERE asked.beside AND asked.same_else
      AND NOT EXISTS (
          SELECT
          FROM (VALUES (asked.from_set), (target.kelurahan_set)) AS either (set_id)
          JOIN geoapp.area_piece AS piece
            ON piece.set_id = either.set_id
           AND piece.geom && ST_Expand(
               asked.geom, 61 / (111320 * greatest(cos(radians(ST_Y(asked.geom))), 0.01)),
               61 / 110574.0)
          WHERE piece.city_code = :city_code AND piece.code <> ALL (same.codes))
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
-- The positions to be located. Those told to the public are asked apart where they are others
-- (told; null: the same). In the order of areas: PostGIS keeps an index of a polygon's edges
-- for as long as it is asked of the same one.
point AS MATERIALIZED (
    SELECT sorted.*,
           sorted.from_set = ANY (area.unchanged_since) OR ST_Covers(area.geom, sorted.geom)
               AS at_home
    FROM (
        SELECT id, from_set, from_code, CASE WHEN public_geom IS NOT NULL THEN false END AS told,
               same_else, geom
        FROM asked WHERE NOT odd
        UNION ALL
        SELECT id, from_set, from_public, true, same_else, public_geom
        FROM asked WHERE NOT odd AND public_geom IS NOT NULL
        ORDER BY 3
        OFFSET 0
    ) AS sorted
    LEFT JOIN area ON area.code = sorted.from_code
),
-- The areas that whoever was in a kelurahan can be in now: those near what it was. One with the
-- same corners as before would have covered it then.
near AS MATERIALIZED (
    SELECT was.from_set, was.from_code, area.code, ST_Envelope(area.geom) AS box
    FROM (SELECT DISTINCT from_set, from_code FROM point WHERE at_home IS NOT TRUE) AS was
    CROSS JOIN LATERAL (
        SELECT geom FROM geoapp.area AS old
        WHERE old.city_code = :city_code AND old.set_id = was.from_set AND old.code = was.from_code
        OFFSET 0  -- by its key: a few of all that were ever kept
    ) AS old
    JOIN area ON area.geom && old.geom AND was.from_set <> ALL (area.unchanged_since)
             AND area.code <> was.from_code
),
located AS (
    -- who stays at home, and has nothing else that changes, is proven to stay
    SELECT id, told, same_else, from_code, CASE WHEN at_home THEN from_code END AS code
    FROM point
    WHERE NOT (at_home IS TRUE AND same_else AND told IS NULL)
    UNION ALL
    SELECT away.id, away.told, away.same_else, away.from_code, area.code
    FROM (
        SELECT point.id, point.told, point.same_else, point.from_code, point.geom, near.code
        FROM point
        JOIN near ON near.from_set = point.from_set AND near.from_code = point.from_code
        WHERE point.at_home IS NOT TRUE AND point.geom && near.box
        ORDER BY near.code
        OFFSET 0
    ) AS away
    JOIN area ON area.code = away.code
    WHERE ST_Covers(area.geom, away.geom)
)
-- One row for each pair of kelurahan: hundreds instead of hundreds of thousands.
SELECT CASE WHEN NOT found.odd THEN found.code END AS code,
       CASE WHEN NOT found.odd THEN found.public_code END AS public_code,
       array_agg(found.id) AS ids
FROM (
    SELECT together.id, min(together.code) AS code, min(together.public_code) AS public_code,
           bool_and(together.same_else) AS same_else, bool_or(together.left_home) AS left_home,
           bool_or(together.odd) OR count(together.code) <> 1 OR count(together.public_code) <> 1
               AS odd
    FROM (
        SELECT id, true AS odd, same_else, false AS left_home, NULL AS code, NULL AS public_code
        FROM asked WHERE odd AND id NOT IN (SELECT id FROM beside)
        UNION ALL
        SELECT id, true, false, false, NULL, NULL FROM claimed
        UNION ALL
        SELECT id, false, same_else, code IS DISTINCT FROM from_code,
               CASE WHEN told IS NOT TRUE THEN code END, CASE WHEN told IS NOT FALSE THEN code END
        FROM located
    ) AS together
    GROUP BY together.id
) AS found
WHERE found.odd OR NOT found.same_else OR found.left_home
GROUP BY 1, 2
