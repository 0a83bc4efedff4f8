-- A second of a busy city: so many complaints come in all over it, as many of the oldest are resolved.
WITH made AS (
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, service_code, group_code, description, status, submitted_at,
        due_at, location_kind, geom, public_geom, shown_within_m, agency_code, assignment_method)
    SELECT service.city_code, 'SOAK-' || cast(:first AS bigint) + point.number, 'import', service.code,
           service.group_code, 'Soak', 'submitted', now(), now() + interval '10 minutes', 'point',
           point.geom, point.geom, 0, version.agency_code, 'covers'
    FROM (
        SELECT number, ST_SetSRID(
            ST_MakePoint(103.56 + 0.1 * random(), -1.66 + 0.09 * random()), 4326) AS geom
        FROM generate_series(1, cast(:number AS integer)) AS number
    ) AS point
    JOIN geoapp.service ON service.city_code = '15.71' AND service.code =
        (ARRAY['pothole', 'street_light_out', 'waste_pile'])[
            1 + point.number % 3]
    JOIN LATERAL (
        SELECT agency_code FROM geoapp.service_version
        WHERE service_version.city_code = service.city_code
          AND service_version.service_code = service.code
        ORDER BY valid_from DESC LIMIT 1
    ) AS version ON true
    RETURNING city_code, id, ticket, status
), old AS (
    SELECT complaint.id FROM geoapp.complaint
    WHERE complaint.city_code = '15.71' AND complaint.status = 'submitted'
    ORDER BY complaint.id LIMIT cast(:done AS integer)
), resolved AS (
    UPDATE geoapp.complaint SET status = 'resolved', resolved_at = now()
    FROM old WHERE complaint.city_code = '15.71' AND complaint.id = old.id
    RETURNING complaint.city_code, complaint.id, complaint.ticket, complaint.status
)
INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, at, actor)
SELECT city_code, id, ticket, 'submitted', status, now(), 'system' FROM made
UNION ALL
SELECT city_code, id, ticket, 'status', status, now(), 'system' FROM resolved
