-- Complaints evenly over the city and a little beyond (more in larger areas), of all services
-- in turn, over seven years, most of them done. Each as it would have been stored under the
-- set in force: position told to the public, decision, first event. The same rows every run.
WITH target AS MATERIALIZED (
    SELECT sets.*, city.metric_srid AS srid
    FROM geoapp.sets_with(:city_code, '{}') AS sets
    JOIN geoapp.city ON city.code = sets.city_code
),
size AS MATERIALIZED (
    SELECT ST_Buffer(ST_Envelope(ST_Collect(area.geom)), 0.001) AS box, ST_Union(area.geom) AS land
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
),
place AS MATERIALIZED (
    SELECT dumped.geom, dumped.path[1] AS number
    FROM size
    CROSS JOIN LATERAL ST_Dump(ST_GeneratePoints(
        ST_Union(ST_Buffer(size.land, 0.0003), size.land), :points, 71)) AS dumped
),
service AS MATERIALIZED (
    SELECT version.*, service.group_code, row_number() OVER (ORDER BY service.code) AS number,
           count(*) OVER () AS services
    FROM geoapp.service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
     AND daterange(version.valid_from, version.valid_to) @> current_date
    WHERE service.city_code = :city_code
),
drawn AS MATERIALIZED (
    SELECT place.number, place.geom, service.service_code, service.group_code, service.blur_m,
           service.agency_code,
           CASE WHEN service.blur_m = 0 THEN place.geom
                ELSE ST_Transform(ST_Translate(
                         ST_Transform(place.geom, target.srid),
                         0.7 * service.blur_m * cos(place.number), 0.7 * service.blur_m * sin(place.number)),
                     4326) END AS public_geom
    FROM target
    CROSS JOIN place
    JOIN service ON service.number = place.number % service.services + 1
),
decided AS MATERIALIZED (
    SELECT drawn.*, target.kelurahan_set, hit.codes,
           coalesce(hit.codes[1], near.code) AS code,
           CASE WHEN hit.codes IS NOT NULL THEN 'covers' WHEN near.code IS NOT NULL THEN 'nearest'
                ELSE 'outside' END AS method
    FROM target
    CROSS JOIN drawn
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT found.code ORDER BY found.code) AS codes
        FROM geoapp.area_at(target.city_code, target.kelurahan_set, drawn.geom) AS found
    ) AS hit
    CROSS JOIN LATERAL (
        SELECT CASE WHEN hit.codes IS NULL THEN (
            SELECT found.code
            FROM geoapp.nearest_area(
                target.city_code, target.kelurahan_set, drawn.geom, target.srid) AS found) END AS code
    ) AS near
),
stored AS (
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, service_code, group_code, description, status, submitted_at,
        due_at, resolved_at, location_kind, geom, public_geom, shown_within_m, kelurahan_set,
        kelurahan_code, kecamatan_code, public_kelurahan_code, public_kecamatan_code,
        service_area_set, service_area_code, agency_code, assignment_method, ambiguous, simulated)
    SELECT :city_code, 'BEN-' || decided.number, 'import', decided.service_code,
           decided.group_code, 'Bench ' || decided.number,
           CASE WHEN decided.number % 20 > 0 THEN 'closed' ELSE 'assigned' END, day.at,
           day.at + interval '3 days',
           CASE WHEN decided.number % 20 > 0 THEN day.at + interval '2 days' END,
           'point', decided.geom, decided.public_geom, decided.blur_m,
           CASE WHEN decided.code IS NOT NULL THEN decided.kelurahan_set END,
           decided.code, area.parent_code, shown.code, shown.parent_code,
           rule.set_id, rule.code, coalesce(rule.agency_code, decided.agency_code),
           decided.method, coalesce(cardinality(decided.codes) > 1, false), false
    FROM target
    CROSS JOIN decided
    CROSS JOIN LATERAL (
        SELECT timestamptz '2026-11-01' - decided.number % 2555 * interval '1 day' AS at) AS day
    LEFT JOIN geoapp.area ON area.city_code = target.city_code
                         AND area.set_id = target.kelurahan_set AND area.code = decided.code
    LEFT JOIN LATERAL geoapp.public_area(
        target.city_code, target.kelurahan_set, decided.public_geom, decided.blur_m,
        decided.code) AS shown ON true
    LEFT JOIN geoapp.service_area AS rule
      ON rule.city_code = target.city_code AND rule.set_id = target.service_area_set
     AND rule.group_code = decided.group_code AND decided.method <> 'outside'
    RETURNING city_code, id, ticket, status, submitted_at, kelurahan_set, kelurahan_code,
              service_area_set, service_area_code, agency_code, assignment_method, ambiguous
),
first AS (
    INSERT INTO geoapp.assignment (
        city_code, complaint_id, decided_at, decided_by, kelurahan_set, kelurahan_code,
        service_area_set, service_area_code, agency_code, method, ambiguous, alternatives)
    SELECT stored.city_code, stored.id, stored.submitted_at, 'simulation', stored.kelurahan_set,
           stored.kelurahan_code, stored.service_area_set, stored.service_area_code,
           stored.agency_code, stored.assignment_method, stored.ambiguous,
           geoapp.other_areas(coalesce(decided.codes, '{}'), decided.codes[1], decided.code)
    FROM stored
    JOIN decided ON stored.ticket = 'BEN-' || decided.number
)
INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, at, actor)
SELECT city_code, id, ticket, 'submitted', 'submitted', submitted_at, 'simulation' FROM stored
