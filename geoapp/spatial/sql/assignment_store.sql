-- Stores one complaint, with the decision who must act, its first event and both of its
-- positions, in one statement. No row comes back when the service is unknown, when a
-- citizen's point is outside, or when a named area doesn't exist.
-- The lock that keeps an activation out is taken before, as a statement of its own.
WITH input AS MATERIALIZED (
    SELECT CASE WHEN cast(:lon AS double precision) IS NOT NULL
                THEN ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) END AS point,
           coalesce(cast(:submitted_at AS timestamptz), now()) AS submitted_at
),
decision AS MATERIALIZED (
    SELECT decided.*, due.verify_due_at, due.answer_due_at
    FROM input
    CROSS JOIN LATERAL geoapp.decide(
        :city_code, :service, input.point, :named_area, :confirmed_area, input.submitted_at
    ) AS decided
    CROSS JOIN LATERAL geoapp.deadlines(:city_code, :service, input.submitted_at) AS due
),
road AS MATERIALIZED (
    SELECT offered.*
    FROM input
    CROSS JOIN decision
    CROSS JOIN LATERAL geoapp.road_offer(
        :city_code,
        (SELECT sets.id FROM geoapp.boundary_set AS sets
         WHERE sets.city_code = :city_code AND sets.layer = 'road' AND sets.status = 'active'),
        decision.group_code, input.point) AS offered
    -- what nobody works on isn't offered to anybody else
    WHERE :status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
),
positions AS MATERIALIZED (
    SELECT geoapp.draw_public_point(
               :city_code, decision.kelurahan_set, decision.covering_code, input.point,
               decision.blur_m, decision.metric_srid) AS public_point,
           geoapp.edge_distance(
               :city_code, decision.kelurahan_set, decision.covering_code, input.point,
               decision.metric_srid) AS edge_distance_m
    FROM input CROSS JOIN decision
),
shown AS MATERIALIZED (
    SELECT area.code, area.parent_code
    FROM decision
    CROSS JOIN positions
    CROSS JOIN LATERAL geoapp.public_area(
        :city_code, decision.kelurahan_set, positions.public_point, decision.blur_m,
        decision.kelurahan_code) AS area
),
-- where it lay by the boundaries of its day, when it is older than those in force
ward_then AS MATERIALIZED (
    SELECT lay.*
    FROM input
    CROSS JOIN decision
    CROSS JOIN positions
    LEFT JOIN shown ON true
    CROSS JOIN LATERAL geoapp.ward_then(
        :city_code, input.submitted_at, input.point, decision.kelurahan_code,
        decision.kecamatan_code, positions.public_point, decision.blur_m, shown.code,
        shown.parent_code) AS lay
),
complaint AS (
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, source, external_id, service_code, group_code, description,
        landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at, due_at,
        location_kind, geom, public_geom, shown_within_m, accuracy_m, kelurahan_set,
        kelurahan_code, kecamatan_code, public_kelurahan_code, public_kecamatan_code,
        service_area_set, service_area_code,
        agency_code, assignment_method, ambiguous, anonymous, confidential, simulated,
        road_set, road_code, authority_offer, then_kelurahan_code, then_kecamatan_code,
        public_then_kelurahan_code, public_then_kecamatan_code)
    SELECT :city_code, :ticket, :channel, :source, :external_id, :service, decision.group_code,
           :description, :landmark, :status, input.submitted_at, :observed_at,
           decision.verify_due_at, decision.answer_due_at, decision.due_at,
           CASE WHEN input.point IS NOT NULL THEN 'point'
                WHEN decision.kelurahan_code IS NOT NULL THEN 'area' ELSE 'none' END,
           input.point, positions.public_point,
           CASE WHEN input.point IS NULL THEN 0 ELSE decision.blur_m END, :accuracy_m,
           CASE WHEN decision.kelurahan_code IS NOT NULL THEN decision.kelurahan_set END,
           decision.kelurahan_code, decision.kecamatan_code, shown.code, shown.parent_code,
           decision.service_area_set, decision.service_area_code, decision.agency_code,
           decision.method, decision.ambiguous, :anonymous, :confidential, :simulated,
           road.set_id, road.code, CASE WHEN road.code IS NOT NULL THEN 'open' END,
           ward_then.code, ward_then.parent_code, ward_then.shown_code,
           ward_then.shown_parent_code
    FROM input
    CROSS JOIN decision
    CROSS JOIN positions
    CROSS JOIN ward_then
    LEFT JOIN shown ON true
    LEFT JOIN road ON true
    WHERE (decision.method <> 'outside' OR :keep_outside)
      AND (decision.method <> 'named_area' OR decision.kelurahan_code IS NOT NULL)
    RETURNING *, replace(cast(gen_random_uuid() AS text), '-', '') AS salt
),
decided AS (
    INSERT INTO geoapp.assignment (
        city_code, complaint_id, decided_by, kelurahan_set, kelurahan_code, service_area_set,
        service_area_code, agency_code, method, ambiguous, edge_distance_m, alternatives, road)
    SELECT complaint.city_code, complaint.id, :actor, complaint.kelurahan_set,
           complaint.kelurahan_code, complaint.service_area_set, complaint.service_area_code,
           complaint.agency_code, complaint.assignment_method, complaint.ambiguous,
           positions.edge_distance_m, decision.alternatives, road.road
    FROM complaint CROSS JOIN positions CROSS JOIN decision LEFT JOIN road ON true
),
event AS (
    -- Events are sealed, so the words are: docs/audit.md. The salt keeps them from being guessed.
    INSERT INTO geoapp.complaint_event (
        city_code, complaint_id, ticket, kind, status, actor, data)
    SELECT city_code, id, ticket, 'submitted', status, :actor,
           CASE WHEN description IS NULL THEN '{}'
                ELSE jsonb_build_object(
                    'salt', salt,
                    'words', encode(sha256(convert_to(salt || description, 'UTF8')), 'hex')
                ) END
    FROM complaint
)
SELECT complaint.id, complaint.ticket, complaint.status, complaint.submitted_at,
       complaint.due_at, complaint.group_code, complaint.location_kind,
       complaint.kelurahan_code, area.name AS kelurahan_name, complaint.kecamatan_code,
       area.parent_name AS kecamatan_name, complaint.agency_code,
       complaint.assignment_method AS method, complaint.ambiguous, complaint.confidential,
       decision.approximate
FROM complaint
CROSS JOIN decision
LEFT JOIN geoapp.area ON area.city_code = complaint.city_code
                     AND area.set_id = complaint.kelurahan_set
                     AND area.code = complaint.kelurahan_code
