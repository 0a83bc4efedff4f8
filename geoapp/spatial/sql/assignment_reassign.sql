-- Takes the decision anew for the complaints named, against the sets in force, and writes
-- a new decision and an event for those that move. Set-based: the verdict is the same
-- geoapp.area_at as for a single submission, joined instead of called.
WITH target AS MATERIALIZED (
    SELECT city_code, metric_srid, kelurahan_set, service_area_set
    FROM geoapp.sets_in_force WHERE city_code = :city_code
),
batch AS MATERIALIZED (
    SELECT complaint.id, complaint.ticket, complaint.geom, complaint.location_kind,
           complaint.service_code, complaint.group_code, complaint.kelurahan_set,
           complaint.kelurahan_code, complaint.service_area_set, complaint.service_area_code,
           complaint.agency_code, complaint.assignment_method, complaint.ambiguous,
           complaint.submitted_at, complaint.public_geom, complaint.shown_within_m,
           complaint.public_kelurahan_code
    FROM geoapp.complaint
    CROSS JOIN target
    WHERE complaint.city_code = target.city_code
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
decision AS MATERIALIZED (
    SELECT placed.id, placed.ticket, placed.method, placed.now_ambiguous,
           geoapp.other_areas(
               coalesce(placed.codes, '{}'), placed.verdict, placed.new_code) AS alternatives,
           shown.code AS public_code, shown.parent_code AS public_parent_code,
           placed.public_kelurahan_code AS old_public_code,
           placed.kelurahan_set AS old_set, placed.kelurahan_code AS old_code,
           placed.agency_code AS old_agency, placed.service_area_code AS old_service_area,
           placed.service_area_set AS old_service_area_set,
           -- a named kelurahan that the new set doesn't know keeps pointing at its own set
           CASE WHEN placed.new_code IS NULL THEN NULL
                WHEN area.code IS NULL THEN placed.kelurahan_set
                ELSE target.kelurahan_set END AS kelurahan_set,
           placed.new_code AS kelurahan_code,
           coalesce(area.parent_code,
                    CASE WHEN area.code IS NULL THEN old_area.parent_code END) AS kecamatan_code,
           CASE WHEN placed.assignment_method = 'manual' THEN placed.agency_code
                ELSE coalesce(acting.agency_code, version.agency_code) END AS agency_code,
           rule.set_id AS service_area_set, rule.code AS service_area_code,
           (placed.new_code,
            CASE WHEN placed.assignment_method = 'manual' THEN placed.agency_code
                 ELSE coalesce(acting.agency_code, version.agency_code) END,
            rule.code)
           IS DISTINCT FROM
           (placed.kelurahan_code, placed.agency_code, placed.service_area_code) AS moves,
           -- the same place for other reasons: an overlap came or went, a gap was closed
           target.kelurahan_set IS DISTINCT FROM placed.kelurahan_set
           AND (placed.now_ambiguous OR placed.ambiguous
                OR placed.assignment_method NOT IN (placed.method, 'manual')) AS other_reasons
    FROM target
    CROSS JOIN placed
    JOIN geoapp.city ON city.code = target.city_code
    JOIN geoapp.service_version AS version
      ON version.city_code = target.city_code AND version.service_code = placed.service_code
     AND daterange(version.valid_from, version.valid_to)
         @> (placed.submitted_at AT TIME ZONE city.timezone)::date
    LEFT JOIN geoapp.area
      ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
     AND area.code = placed.new_code
    LEFT JOIN geoapp.area AS old_area
      ON old_area.city_code = target.city_code AND old_area.set_id = placed.kelurahan_set
     AND old_area.code = placed.new_code
    LEFT JOIN LATERAL geoapp.acting_area(
        target.city_code, target.service_area_set, placed.service_code, placed.group_code,
        placed.new_code, placed.method <> 'outside', placed.geom) AS acting ON true
    -- whom a person chose, the rules of another agency's areas don't claim
    LEFT JOIN LATERAL (
        SELECT acting.set_id, acting.code
        WHERE placed.assignment_method <> 'manual'
           OR coalesce(acting.agency_code, version.agency_code) = placed.agency_code
    ) AS rule ON true
    LEFT JOIN LATERAL geoapp.public_area(
        target.city_code,
        CASE WHEN placed.geom IS NULL AND area.code IS NULL THEN placed.kelurahan_set
             ELSE target.kelurahan_set END,
        placed.public_geom, placed.shown_within_m, placed.new_code) AS shown ON true
),
moved AS MATERIALIZED (
    SELECT * FROM decision WHERE moves
),
brought_along AS (
    UPDATE geoapp.complaint
    SET kelurahan_set = decision.kelurahan_set,
        kelurahan_code = decision.kelurahan_code,
        kecamatan_code = decision.kecamatan_code,
        public_kelurahan_code = decision.public_code,
        public_kecamatan_code = decision.public_parent_code,
        service_area_set = decision.service_area_set,
        service_area_code = decision.service_area_code,
        agency_code = decision.agency_code,
        assignment_method = CASE WHEN complaint.assignment_method = 'manual' THEN 'manual'
                                 ELSE decision.method END,
        ambiguous = decision.now_ambiguous,
        -- who has the case open must look again before the next step
        version = complaint.version + CASE WHEN decision.moves THEN 1 ELSE 0 END,
        updated_at = CASE WHEN decision.moves THEN now() ELSE complaint.updated_at END
    FROM decision
    WHERE complaint.city_code = :city_code AND complaint.id = decision.id
      AND (decision.moves
           OR (decision.kelurahan_set, decision.service_area_set, decision.public_code)
              IS DISTINCT FROM (decision.old_set, decision.old_service_area_set,
                                decision.old_public_code))
),
decided AS (
    INSERT INTO geoapp.assignment (
        city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
        service_area_set, service_area_code, agency_code, method, ambiguous, alternatives)
    SELECT :city_code, id, :actor, 'boundaries changed', kelurahan_set, kelurahan_code,
           service_area_set, service_area_code, agency_code, method, now_ambiguous,
           alternatives
    FROM decision
    WHERE moves OR other_reasons
),
event AS (
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
    SELECT :city_code, id, ticket, 'assignment', :actor,
           jsonb_build_object('from', jsonb_build_object('kelurahan', old_code, 'agency', old_agency),
                              'to', jsonb_build_object('kelurahan', kelurahan_code, 'agency', agency_code))
    FROM moved
)
SELECT count(*) FROM moved
