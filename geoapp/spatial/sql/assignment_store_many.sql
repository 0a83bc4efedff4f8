-- Stores a batch of complaints, each with its decision, both positions and its history, in
-- one statement. The decision is geoapp.decide, called once per row: the same function as
-- for a single submission, so both always agree. Rows that are stored already (same source
-- and external id) are left alone; so a batch may be sent again after any interruption.
-- One answer per row of the batch:
--   stored           complaint, decision and events are there
--   known            was there before
--   unknown_service  the catalogue had no such service on the day of submission
--   unknown_area     the named area doesn't exist
--   outside          a point outside the city, from a channel that isn't trusted with it
--   taken            the ticket is in use, or the external id came twice: ask again
-- The distance to the edge is kept for single submissions only; in bulk it costs 5x.
WITH input AS MATERIALIZED (
    SELECT listed.*,
           CASE WHEN listed.lon IS NOT NULL
                THEN ST_SetSRID(ST_MakePoint(listed.lon, listed.lat), 4326) END AS point
    FROM jsonb_to_recordset(cast(:rows AS jsonb)) AS listed (
        n integer, ticket text, channel text, source text, external_id text, service text,
        description text, landmark text, status text, submitted_at timestamptz,
        observed_at timestamptz, first_response_at timestamptz, resolved_at timestamptz,
        closed_at timestamptz, verified_at timestamptz, assigned_at timestamptz,
        handled_at timestamptz, hold_since timestamptz, held_status text, reopenings integer,
        lon double precision, lat double precision, accuracy_m real,
        named_area text, confirmed_area text, anonymous boolean, confidential boolean,
        simulated boolean, steps jsonb)
),
known AS MATERIALIZED (
    SELECT input.n
    FROM input
    JOIN geoapp.complaint
      ON complaint.city_code = :city_code AND complaint.source = input.source
     AND complaint.external_id = input.external_id
),
decision AS MATERIALIZED (
    SELECT input.*, coalesce(input.submitted_at, now()) AS begun_at, decided.metric_srid,
           decided.group_code, decided.blur_m, due.verify_due_at, due.answer_due_at,
           decided.due_at, decided.kelurahan_set,
           decided.covering_code, decided.kelurahan_code, decided.kecamatan_code,
           decided.agency_code, decided.service_area_set, decided.service_area_code,
           decided.method, decided.ambiguous, decided.alternatives,
           CASE WHEN decided.method = 'outside' AND NOT :keep_outside THEN 'outside'
                WHEN decided.method = 'named_area' AND decided.kelurahan_code IS NULL
                THEN 'unknown_area' END AS refused
    FROM input
    CROSS JOIN LATERAL geoapp.decide(
        :city_code, input.service, input.point, input.named_area, input.confirmed_area,
        coalesce(input.submitted_at, now())) AS decided
    -- always a row where the decision is one; LEFT, or the planner takes 500 rows for one
    -- and joins what follows row by row
    LEFT JOIN LATERAL geoapp.deadlines(
        :city_code, input.service, coalesce(input.submitted_at, now())) AS due ON true
    WHERE NOT EXISTS (SELECT FROM known WHERE known.n = input.n)
),
road AS MATERIALIZED (
    SELECT decision.n, offered.set_id, offered.code, offered.road
    FROM decision
    CROSS JOIN LATERAL geoapp.road_offer(
        :city_code,
        (SELECT sets.id FROM geoapp.boundary_set AS sets
         WHERE sets.city_code = :city_code AND sets.layer = 'road' AND sets.status = 'active'),
        decision.group_code, decision.point) AS offered
    -- what nobody works on any more isn't offered to anybody else
    WHERE decision.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold',
                              'reopened')
),
shown AS MATERIALIZED (
    SELECT drawn.n, drawn.public_point, area.code, area.parent_code
    FROM (
        SELECT n, kelurahan_set, kelurahan_code, blur_m,
               geoapp.draw_public_point(
                   :city_code, kelurahan_set, covering_code, point, blur_m, metric_srid
               ) AS public_point
        FROM decision
        WHERE refused IS NULL
        OFFSET 0  -- drawn once, then looked at
    ) AS drawn
    LEFT JOIN LATERAL geoapp.public_area(
        :city_code, drawn.kelurahan_set, drawn.public_point, drawn.blur_m, drawn.kelurahan_code
    ) AS area ON true
),
-- where each lay by the boundaries of its day, when it is older than those in force
ward_then AS MATERIALIZED (
    SELECT decision.n, lay.*
    FROM decision
    JOIN shown USING (n)
    CROSS JOIN LATERAL geoapp.ward_then(
        :city_code, decision.begun_at, decision.point, decision.kelurahan_code,
        decision.kecamatan_code, shown.public_point, decision.blur_m, shown.code,
        shown.parent_code) AS lay
),
complaint AS (
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, source, external_id, service_code, group_code, description,
        landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at, due_at,
        verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
        hold_since, held_status, reopenings, location_kind, geom, public_geom, shown_within_m, accuracy_m, kelurahan_set,
        kelurahan_code, kecamatan_code, public_kelurahan_code, public_kecamatan_code,
        service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
        anonymous, confidential, simulated, road_set, road_code, authority_offer,
        then_kelurahan_code, then_kecamatan_code, public_then_kelurahan_code,
        public_then_kecamatan_code)
    SELECT :city_code, ticket, channel, source, external_id, service, group_code, description,
           landmark, status, begun_at, observed_at, verify_due_at, answer_due_at, due_at,
           verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
           hold_since, held_status, reopenings,
           CASE WHEN point IS NOT NULL THEN 'point'
                WHEN kelurahan_code IS NOT NULL THEN 'area' ELSE 'none' END,
           point, shown.public_point, CASE WHEN point IS NULL THEN 0 ELSE blur_m END, accuracy_m,
           CASE WHEN kelurahan_code IS NOT NULL THEN kelurahan_set END,
           kelurahan_code, kecamatan_code, shown.code, shown.parent_code, service_area_set,
           service_area_code, agency_code, method, ambiguous, anonymous, confidential, simulated,
           road.set_id, road.code, CASE WHEN road.code IS NOT NULL THEN 'open' END,
           ward_then.code, ward_then.parent_code, ward_then.shown_code,
           ward_then.shown_parent_code
    FROM decision
    JOIN shown USING (n)
    JOIN ward_then USING (n)
    LEFT JOIN road USING (n)
    ORDER BY n
    -- any conflict: the same external id from a concurrent run, or a ticket drawn twice
    ON CONFLICT DO NOTHING
    RETURNING id, ticket, kelurahan_set, kelurahan_code, service_area_set, service_area_code,
              agency_code, assignment_method, ambiguous, submitted_at, description,
              replace(cast(gen_random_uuid() AS text), '-', '') AS salt
),
decided AS (
    INSERT INTO geoapp.assignment (
        city_code, complaint_id, decided_by, kelurahan_set, kelurahan_code, service_area_set,
        service_area_code, agency_code, method, ambiguous, alternatives, road)
    SELECT :city_code, complaint.id, :actor, complaint.kelurahan_set, complaint.kelurahan_code,
           complaint.service_area_set, complaint.service_area_code, complaint.agency_code,
           complaint.assignment_method, complaint.ambiguous, decision.alternatives, road.road
    FROM complaint
    JOIN decision USING (ticket)
    LEFT JOIN road USING (n)
    ORDER BY complaint.id
),
event AS (
    INSERT INTO geoapp.complaint_event (
        city_code, complaint_id, ticket, kind, status, at, actor, data)
    SELECT :city_code, complaint.id, complaint.ticket,
           CASE WHEN step.position = 1 THEN 'submitted' ELSE 'status' END,
           step.value ->> 'status',
           coalesce(cast(step.value ->> 'at' AS timestamptz), complaint.submitted_at), :actor,
           -- a digest of the words, as for a single submission
           CASE WHEN step.position > 1 OR complaint.description IS NULL THEN '{}'
                ELSE jsonb_build_object(
                    'salt', complaint.salt,
                    'words', encode(sha256(convert_to(
                        complaint.salt || complaint.description, 'UTF8')), 'hex')
                ) END
    FROM complaint
    JOIN decision USING (ticket)
    CROSS JOIN LATERAL jsonb_array_elements(decision.steps) WITH ORDINALITY
        AS step (value, position)
    ORDER BY complaint.id, step.position
)
SELECT input.n, input.ticket,
       CASE WHEN complaint.id IS NOT NULL THEN 'stored'
            WHEN known.n IS NOT NULL THEN 'known'
            WHEN decision.n IS NULL THEN 'unknown_service'
            WHEN decision.refused IS NOT NULL THEN decision.refused
            ELSE 'taken' END AS outcome
FROM input
LEFT JOIN known ON known.n = input.n
LEFT JOIN decision ON decision.n = input.n
LEFT JOIN complaint ON complaint.ticket = input.ticket
ORDER BY input.n
