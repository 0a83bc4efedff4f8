-- Which complaints of a city the sets in force, with the staged ones in their places, may
-- decide otherwise than is stored. The others are proven to stay: their own polygon still covers them, they don't lie where a
-- second polygon does, and the rules give their service the same agency there. So a
-- million complaints cost one point-in-polygon test each, polygon by polygon (PostGIS
-- keeps an index of the edges while the polygon stays the same), and no sorting.
-- May name complaints that stay (the decision itself is taken in assignment_decide.sql),
-- never leaves one out that moves.
WITH target AS MATERIALIZED (
    SELECT sets.*,
           -- offers to another road authority: asked anew when roads come, or everything does
           sets.road_set IS NOT NULL
           AND (cardinality(cast(:staged AS bigint[])) = 0
                OR sets.road_set = ANY (cast(:staged AS bigint[]))) AS roads
    FROM geoapp.sets_with(:city_code, cast(:staged AS bigint[])) AS sets
),
area AS MATERIALIZED (
    SELECT area.code, area.parent_code, area.geom
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
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
-- What the rules give each service in each kelurahan; null means: depends on the point.
expected AS MATERIALIZED (
    SELECT version.service_code, area.code AS kelurahan_code,
           coalesce(lower(days.valid)::timestamp AT TIME ZONE target.timezone, '-infinity') AS starts,
           coalesce(upper(days.valid)::timestamp AT TIME ZONE target.timezone, 'infinity') AS ends,
           coalesce(acting.agency_code, version.agency_code) AS agency_code,
           acting.code AS service_area_code,
           -- a polygon anywhere among the rules may decide: then every point is looked at
           EXISTS (
               SELECT FROM geoapp.service_area
               WHERE service_area.city_code = target.city_code
                 AND service_area.set_id = target.service_area_set
                 AND service_area.coverage = 'polygon'
                 AND coalesce(service_area.service_code, service.code) = service.code
                 AND coalesce(service_area.group_code, service.group_code) = service.group_code
           ) AS by_point
    FROM target
    CROSS JOIN area
    JOIN geoapp.service_version AS version ON version.city_code = target.city_code
    JOIN geoapp.service ON service.city_code = target.city_code
                       AND service.code = version.service_code
    CROSS JOIN LATERAL (SELECT daterange(version.valid_from, version.valid_to)) AS days (valid)
    LEFT JOIN LATERAL geoapp.acting_area(
        target.city_code, target.service_area_set, service.code, service.group_code,
        area.code, true, NULL) AS acting ON true
)
SELECT here.id
FROM target
CROSS JOIN area
CROSS JOIN LATERAL (
    SELECT complaint.id, complaint.service_code, complaint.submitted_at,
           complaint.service_area_code, complaint.agency_code, complaint.kecamatan_code,
           complaint.assignment_method,
           complaint.geom IS NULL
           OR (complaint.assignment_method = 'confirmed'
               AND complaint.kelurahan_set = target.kelurahan_set)
           OR (complaint.assignment_method = 'covers' AND NOT complaint.ambiguous
               AND ST_Covers(area.geom, complaint.geom)
               -- the kelurahan told to the public goes by a position of its own
               AND complaint.shown_within_m = 0) AS stays,
           -- kept as the area of then, and the new set holds from before it came
           (coalesce(complaint.then_kelurahan_code, complaint.then_kecamatan_code,
                     complaint.public_then_kelurahan_code, complaint.public_then_kecamatan_code)
            IS NOT NULL AND complaint.submitted_at >= cast(:starts AS timestamptz)
           ) IS NOT TRUE AS keeps_then,
           complaint.group_code = ANY (ARRAY(SELECT code FROM road_group)) AS by_road
    FROM geoapp.complaint
    WHERE complaint.city_code = target.city_code AND complaint.kelurahan_code = area.code
    OFFSET 0  -- area by area: see above
) AS here
LEFT JOIN expected ON expected.service_code = here.service_code
                  AND expected.kelurahan_code = area.code
                  AND here.submitted_at >= expected.starts AND here.submitted_at < expected.ends
WHERE (here.stays
       AND here.keeps_then
       AND NOT here.by_road
       AND NOT expected.by_point
       AND here.kecamatan_code IS NOT DISTINCT FROM area.parent_code
       AND here.service_area_code IS NOT DISTINCT FROM
           CASE WHEN here.assignment_method <> 'manual'
                  OR here.agency_code = expected.agency_code
                THEN expected.service_area_code END
       AND (here.agency_code = expected.agency_code OR here.assignment_method = 'manual')
      ) IS NOT TRUE
UNION
SELECT complaint.id
FROM contested
JOIN geoapp.complaint ON complaint.geom && contested.box
WHERE complaint.city_code = :city_code AND NOT complaint.ambiguous
  AND ST_DWithin(complaint.geom, contested.geom, 1e-9)
UNION
-- in no kelurahan, or in one that the new set doesn't know
SELECT complaint.id
FROM geoapp.complaint
WHERE complaint.city_code = :city_code
  AND (complaint.kelurahan_code IS NULL
       OR complaint.kelurahan_code <> ALL (ARRAY(SELECT code FROM area)))
ORDER BY id
