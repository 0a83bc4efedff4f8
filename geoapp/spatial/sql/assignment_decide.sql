-- Takes the decision anew for the complaints named, by the sets in force with the staged ones
-- in their places, and keeps it for those that it changes, until it is brought to them
-- (assignment_apply.sql). Set-based: the verdict is the same geoapp.area_at as for a single
-- submission, joined instead of called.
WITH target AS MATERIALIZED (
    SELECT * FROM geoapp.sets_with(:city_code, cast(:staged AS bigint[]))
),
batch AS MATERIALIZED (
    SELECT complaint.id, complaint.ticket, complaint.geom, complaint.location_kind,
           complaint.service_code, complaint.group_code, complaint.kelurahan_set,
           complaint.kelurahan_code, complaint.service_area_set, complaint.service_area_code,
           complaint.agency_code, complaint.assignment_method, complaint.ambiguous,
           complaint.submitted_at, complaint.public_geom, complaint.shown_within_m,
           complaint.public_kelurahan_code, complaint.public_kecamatan_code,
           complaint.kecamatan_code, complaint.version, complaint.road_set,
           complaint.road_code, complaint.authority_offer,
           complaint.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold',
                                'reopened') AS open,
           coalesce(complaint.then_kelurahan_code, complaint.then_kecamatan_code,
                    complaint.public_then_kelurahan_code, complaint.public_then_kecamatan_code
                   ) IS NOT NULL
           AND complaint.submitted_at >= cast(:starts AS timestamptz) AS then_is_now
    FROM target
    JOIN geoapp.complaint ON complaint.city_code = target.city_code
                         AND complaint.id = ANY (cast(:ids AS bigint[]))
),
-- One row in, one row out: the planner can't know how many hits a CTE of its own would
-- have, and joined such CTEs in nested loops that took minutes.
covering AS MATERIALIZED (
    SELECT batch.*, hits.codes
    FROM target
    CROSS JOIN batch
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT hit.code ORDER BY hit.code) AS codes
        FROM geoapp.area_at(target.city_code, target.kelurahan_set, batch.geom) AS hit
    ) AS hits
),
placed AS MATERIALIZED (
    SELECT covering.*,
           CASE WHEN covering.geom IS NULL OR keeps.choice THEN covering.kelurahan_code
                ELSE coalesce(covering.codes[1], near.code) END AS new_code,
           CASE WHEN covering.geom IS NULL OR keeps.choice THEN covering.assignment_method
                WHEN covering.codes IS NOT NULL THEN 'covers'
                WHEN near.code IS NOT NULL THEN 'nearest'
                ELSE 'outside' END AS method,
           coalesce(cardinality(covering.codes) > 1, false) AS now_ambiguous,
           coalesce(covering.codes[1], near.code) AS verdict
    FROM target
    CROSS JOIN covering
    CROSS JOIN LATERAL (
        -- a CASE, so that only the few points outside every area pay for the search
        SELECT CASE WHEN covering.codes IS NULL AND covering.geom IS NOT NULL THEN (
            SELECT found.code
            FROM geoapp.nearest_area(target.city_code, target.kelurahan_set, covering.geom,
                                     target.metric_srid) AS found) END AS code
    ) AS near
    CROSS JOIN LATERAL (
        -- what a citizen chose stands for as long as the set it was chosen from
        SELECT covering.assignment_method = 'confirmed'
               AND covering.kelurahan_set IS NOT DISTINCT FROM target.kelurahan_set AS choice
    ) AS keeps
),
-- Rules are looked for once per service and kelurahan, by point only where one is drawn.
drawn AS MATERIALIZED (
    SELECT service.code
    FROM target
    JOIN geoapp.service ON service.city_code = target.city_code
    WHERE EXISTS (
        SELECT FROM geoapp.service_area AS polygon
        WHERE polygon.city_code = target.city_code AND polygon.set_id = target.service_area_set
          AND polygon.coverage = 'polygon'
          AND coalesce(polygon.service_code, service.code) = service.code
          AND coalesce(polygon.group_code, service.group_code) = service.group_code)
),
ruled AS MATERIALIZED (
    SELECT asked.*, acting.set_id, acting.code, acting.agency_code
    FROM target
    CROSS JOIN (
        SELECT DISTINCT service_code, group_code, coalesce(new_code, '') AS new_code,
               method <> 'outside' AS inside
        FROM placed
    ) AS asked
    LEFT JOIN LATERAL geoapp.acting_area(
        target.city_code, target.service_area_set, asked.service_code, asked.group_code,
        nullif(asked.new_code, ''), asked.inside, NULL) AS acting ON true
    WHERE asked.service_code NOT IN (SELECT code FROM drawn)
),
decision AS MATERIALIZED (
    SELECT placed.*, now.*,
           CASE WHEN aside.is THEN shown.code ELSE area.code END AS public_code,
           CASE WHEN aside.is THEN shown.parent_code ELSE area.parent_code END
               AS public_parent_code,
           CASE WHEN placed.new_code = placed.verdict AND NOT placed.now_ambiguous THEN '[]'
                ELSE geoapp.other_areas(
                    coalesce(placed.codes, '{}'), placed.verdict, placed.new_code)
           END AS alternatives,
           -- a named kelurahan that the new set doesn't know keeps pointing at its own set
           CASE WHEN placed.new_code IS NULL THEN NULL
                WHEN area.code IS NULL THEN placed.kelurahan_set
                ELSE target.kelurahan_set END AS new_set,
           coalesce(area.parent_code,
                    CASE WHEN area.code IS NULL THEN old_area.parent_code END) AS new_kecamatan,
           rule.set_id AS rule_set, rule.code AS rule_code,
           (placed.new_code, now.new_agency, rule.code)
           IS DISTINCT FROM
           (placed.kelurahan_code, placed.agency_code, placed.service_area_code) AS moves,
           offered.set_id AS new_road_set, offered.code AS new_road_code, offered.road AS new_road
    FROM target
    CROSS JOIN placed
    JOIN geoapp.service_version AS version
      ON version.city_code = target.city_code AND version.service_code = placed.service_code
     AND daterange(version.valid_from, version.valid_to)
         @> (placed.submitted_at AT TIME ZONE target.timezone)::date
    LEFT JOIN geoapp.area
      ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
     AND area.code = placed.new_code
    LEFT JOIN geoapp.area AS old_area
      ON area.code IS NULL AND old_area.city_code = target.city_code
     AND old_area.set_id = placed.kelurahan_set AND old_area.code = placed.new_code
    LEFT JOIN ruled ON ruled.service_code = placed.service_code
                   AND ruled.new_code = coalesce(placed.new_code, '')
                   AND ruled.inside = (placed.method <> 'outside')
    LEFT JOIN LATERAL (
        SELECT ruled.set_id, ruled.code, ruled.agency_code WHERE ruled.service_code IS NOT NULL
        UNION ALL
        SELECT found.set_id, found.code, found.agency_code
        FROM geoapp.acting_area(
            target.city_code, target.service_area_set, placed.service_code, placed.group_code,
            placed.new_code, placed.method <> 'outside', placed.geom) AS found
        WHERE ruled.service_code IS NULL
    ) AS acting ON true
    CROSS JOIN LATERAL (
        SELECT CASE WHEN placed.assignment_method = 'manual' THEN placed.agency_code
                    ELSE coalesce(acting.agency_code, version.agency_code) END AS new_agency
    ) AS now
    -- whom a person chose, the rules of another agency's areas don't claim
    LEFT JOIN LATERAL (
        SELECT acting.set_id, acting.code
        WHERE placed.assignment_method <> 'manual'
           OR coalesce(acting.agency_code, version.agency_code) = placed.agency_code
    ) AS rule ON true
    -- what the public is told, where that isn't the very same
    CROSS JOIN LATERAL (SELECT area.code IS NULL OR placed.shown_within_m > 0 AS is) AS aside
    LEFT JOIN LATERAL geoapp.public_area(
        target.city_code,
        CASE WHEN placed.geom IS NULL AND area.code IS NULL THEN placed.kelurahan_set
             ELSE target.kelurahan_set END,
        placed.public_geom, placed.shown_within_m, placed.new_code) AS shown ON aside.is
    -- what nobody works on any more isn't offered to another authority
    LEFT JOIN LATERAL geoapp.road_offer(
        target.city_code, target.road_set, placed.group_code, placed.geom
    ) AS offered ON placed.open
),
judged AS MATERIALIZED (
    SELECT decision.*,
           -- another road, or the same one in other hands
           decision.open
           AND (decision.new_road_code, decision.new_road ->> 'authority',
                decision.new_road ->> 'agency_code')
               IS DISTINCT FROM (decision.road_code, kept_by.authority, kept_by.agency_code)
               AS other_road,
           decision.assignment_method NOT IN (decision.method, 'manual')
           OR decision.now_ambiguous <> decision.ambiguous
           OR (decision.now_ambiguous AND decision.alternatives IS DISTINCT FROM (
                   SELECT last.alternatives
                   FROM geoapp.assignment AS last
                   WHERE last.city_code = :city_code AND last.complaint_id = decision.id
                   ORDER BY last.id DESC
                   LIMIT 1)) AS other_reasons
    FROM decision
    LEFT JOIN geoapp.road_line AS kept_by
      ON kept_by.city_code = :city_code AND kept_by.set_id = decision.road_set
     AND kept_by.code = decision.road_code
),
kept AS (
    INSERT INTO geoapp.pending_decision (
        city_code, activation_id, complaint_id, version, moves, other_reasons, from_kelurahan,
        from_agency, from_ambiguous, kelurahan_set, kelurahan_code, kecamatan_code,
        public_kelurahan_code, public_kecamatan_code, service_area_set, service_area_code,
        agency_code, method, ambiguous, alternatives, road_set, road_code, road,
        authority_offer)
    SELECT :city_code, :activation_id, id, version, moves, other_reasons OR other_road,
           kelurahan_code, agency_code, ambiguous, new_set, new_code, new_kecamatan,
           public_code, public_parent_code, rule_set, rule_code, new_agency, method,
           now_ambiguous, alternatives,
           CASE WHEN open THEN new_road_set ELSE road_set END,
           CASE WHEN open THEN new_road_code ELSE road_code END,
           CASE WHEN open THEN new_road END,
           CASE WHEN open THEN geoapp.road_offer_kept(
                    :city_code, authority_offer, road_set, road_code, new_road)
                ELSE authority_offer END
    FROM judged
    WHERE moves OR other_reasons OR other_road OR then_is_now
       OR (new_kecamatan, public_code, public_parent_code) IS DISTINCT FROM
          (kecamatan_code, public_kelurahan_code, public_kecamatan_code)
    RETURNING moves
)
SELECT count(*) FILTER (WHERE moves) FROM kept
