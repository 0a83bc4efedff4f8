-- Stores the other half of a complaint: same place, same day, another service, so perhaps
-- another agency and other deadlines. Whoever sees that parts came at the same moment can put
-- them together, and each point drawn for one would narrow the true place down. So all parts
-- that are blurred show one and the same point: the original's, whatever the new service
-- asks for (the true place lies within the larger distance too), else that of a part before.
-- Only then one is drawn: the original is shown exactly, where nothing is left to narrow down
-- unless it is confidential. No row comes back for an unknown service, or for one that needs
-- a place where the original has none.
WITH original AS MATERIALIZED (
    SELECT complaint.*, city.metric_srid,
           (complaint.submitted_at AT TIME ZONE city.timezone)::date AS day
    FROM geoapp.complaint
    JOIN geoapp.city ON city.code = complaint.city_code
    WHERE complaint.city_code = :city_code AND complaint.id = :id
),
promise AS MATERIALIZED (
    SELECT service.group_code, version.agency_code, version.blur_m,
           due.verify_due_at, due.answer_due_at, due.due_at, sets.id AS service_area_set
    FROM original
    JOIN geoapp.service ON service.city_code = original.city_code AND service.code = :service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
     AND daterange(version.valid_from, version.valid_to) @> original.day
     AND (original.location_kind <> 'none' OR NOT version.needs_place)
    CROSS JOIN LATERAL geoapp.deadlines(
        original.city_code, service.code, original.submitted_at) AS due
    LEFT JOIN geoapp.boundary_set AS sets
      ON sets.city_code = original.city_code AND sets.layer = 'service_area'
     AND sets.status = 'active'
),
decision AS MATERIALIZED (
    SELECT coalesce(acting.agency_code, promise.agency_code) AS agency_code,
           acting.set_id AS service_area_set, acting.code AS service_area_code,
           coalesce(placed.method, original.assignment_method) AS method
    FROM original
    CROSS JOIN promise
    LEFT JOIN LATERAL (
        -- how the place was found, whoever changed the agency since
        SELECT assignment.method
        FROM geoapp.assignment
        WHERE assignment.city_code = original.city_code
          AND assignment.complaint_id = original.id AND assignment.method <> 'manual'
        ORDER BY assignment.id DESC
        LIMIT 1) AS placed ON true
    LEFT JOIN LATERAL geoapp.acting_area(
        original.city_code, promise.service_area_set, :service, promise.group_code,
        original.kelurahan_code, placed.method IS DISTINCT FROM 'outside',
        original.geom) AS acting ON true
),
road AS MATERIALIZED (
    SELECT offered.set_id, offered.code
    FROM original
    CROSS JOIN promise
    CROSS JOIN LATERAL geoapp.road_offer(
        original.city_code,
        (SELECT sets.id FROM geoapp.boundary_set AS sets
         WHERE sets.city_code = :city_code AND sets.layer = 'road' AND sets.status = 'active'),
        promise.group_code, original.geom) AS offered
),
taken_over AS MATERIALIZED (
    -- Parts of parts too: they all came at one moment, from one place.
    SELECT family.id, family.public_geom, family.shown_within_m
    FROM original
    JOIN promise ON original.shown_within_m > 0 OR promise.blur_m > 0
    JOIN geoapp.complaint AS family
      ON family.city_code = original.city_code
     AND family.submitted_at = original.submitted_at
     AND family.shown_within_m > 0
     AND ST_Equals(family.geom, original.geom)
     AND (family.id = original.id OR family.split_from IS NOT NULL)
    ORDER BY family.id <> original.id, family.id
    LIMIT 1
),
shown AS MATERIALIZED (
    SELECT promise.blur_m > 0 AND taken_over.id IS DISTINCT FROM original.id AS elsewhere,
           CASE WHEN taken_over.id IS NOT NULL THEN taken_over.public_geom
                WHEN promise.blur_m > 0
                THEN geoapp.draw_public_point(
                    original.city_code, original.kelurahan_set,
                    coalesce((SELECT min(hit.code) FROM geoapp.area_at(
                                  original.city_code, original.kelurahan_set, original.geom) AS hit),
                             original.kelurahan_code),
                    original.geom, promise.blur_m, original.metric_srid)
                ELSE original.public_geom END AS point,
           greatest(promise.blur_m, taken_over.shown_within_m) AS within_m
    FROM original CROSS JOIN promise LEFT JOIN taken_over ON true
)
INSERT INTO geoapp.complaint (
    city_code, ticket, channel, source, service_code, group_code, description, landmark, status,
    submitted_at, observed_at, verify_due_at, answer_due_at, due_at, location_kind, geom,
    public_geom, shown_within_m, accuracy_m, kelurahan_set, kelurahan_code, kecamatan_code,
    public_kelurahan_code, public_kecamatan_code, service_area_set, service_area_code,
    agency_code, assignment_method, ambiguous, anonymous, confidential, simulated, split_from,
    road_set, road_code, authority_offer, then_kelurahan_code, then_kecamatan_code,
    public_then_kelurahan_code, public_then_kecamatan_code)
SELECT original.city_code, :ticket, original.channel, original.source, :service,
       promise.group_code, :description, original.landmark, 'submitted',
       original.submitted_at, original.observed_at, promise.verify_due_at, promise.answer_due_at,
       promise.due_at, original.location_kind, original.geom, shown.point,
       CASE WHEN original.geom IS NULL THEN 0 ELSE shown.within_m END,
       original.accuracy_m, original.kelurahan_set, original.kelurahan_code,
       original.kecamatan_code,
       CASE WHEN shown.elsewhere AND original.geom IS NOT NULL THEN area.code
            ELSE original.public_kelurahan_code END,
       CASE WHEN shown.elsewhere AND original.geom IS NOT NULL THEN area.parent_code
            ELSE original.public_kecamatan_code END,
       decision.service_area_set, decision.service_area_code, decision.agency_code,
       decision.method, original.ambiguous, original.anonymous, original.confidential,
       original.simulated, original.id,
       road.set_id, road.code, CASE WHEN road.code IS NOT NULL THEN 'open' END,
       original.then_kelurahan_code, original.then_kecamatan_code,
       CASE WHEN shown.elsewhere THEN lay.shown_code
            ELSE original.public_then_kelurahan_code END,
       CASE WHEN shown.elsewhere THEN lay.shown_parent_code
            ELSE original.public_then_kecamatan_code END
FROM original
CROSS JOIN promise
CROSS JOIN decision
CROSS JOIN shown
LEFT JOIN road ON true
LEFT JOIN LATERAL geoapp.public_area(
    original.city_code, original.kelurahan_set, shown.point, promise.blur_m,
    original.kelurahan_code) AS area ON true
-- what is shown elsewhere lay elsewhere then, too
CROSS JOIN LATERAL geoapp.ward_then(
    original.city_code, original.submitted_at, original.geom, original.kelurahan_code,
    original.kecamatan_code, shown.point, shown.within_m, area.code, area.parent_code) AS lay
RETURNING id, ticket, agency_code, assignment_method AS method
