-- Complaints of five years, more where kelurahan are large, of all services in turn; what is older
-- than four months is closed, but for one in a hundred. The same rows at every run.
WITH size AS MATERIALIZED (
    SELECT area.set_id, area.code, area.parent_code, area.geom,
           row_number() OVER (ORDER BY area.code) AS seed,
           ST_Area(area.geom) / sum(ST_Area(area.geom)) OVER () AS share
    FROM geoapp.area
    JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                            AND boundary_set.id = area.set_id
    WHERE area.city_code = :city_code AND boundary_set.layer = 'kelurahan'
      AND boundary_set.status = 'active'
),
place AS MATERIALIZED (
    SELECT size.set_id, size.code, size.parent_code, dumped.geom,
           row_number() OVER (ORDER BY hashtext(size.code || '/' || dumped.path[1])) AS number,
           abs(hashtext(size.code || '/' || dumped.path[1])) % 100 AS lot
    FROM size
    CROSS JOIN LATERAL ST_Dump(
        ST_GeneratePoints(geom, ceil(share * :points)::integer, size.seed::integer)) AS dumped
),
service AS MATERIALIZED (
    SELECT version.service_code, version.agency_code, service.group_code,
           row_number() OVER (ORDER BY service.code) AS number, count(*) OVER () AS services
    FROM geoapp.service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
     AND daterange(version.valid_from, version.valid_to) @> current_date
    WHERE service.city_code = :city_code
),
dated AS (
    SELECT place.*, service.service_code, service.agency_code, service.group_code,
           now() - (place.number::double precision / :points) * interval '1826 days' AS came,
           CASE WHEN lot >= CASE WHEN place.number < 0.066 * :points THEN 60 ELSE 1 END THEN 'closed'
                ELSE (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'on_hold',
                            'reopened'])[lot % 6 + 1] END AS status
    FROM place
    JOIN service ON service.number = place.number % service.services + 1
    WHERE place.number <= :points
)
INSERT INTO geoapp.complaint (
    city_code, ticket, channel, service_code, group_code, description, status, submitted_at,
    due_at, resolved_at, location_kind, geom, public_geom, kelurahan_set, kelurahan_code,
    kecamatan_code, public_kelurahan_code, public_kecamatan_code, agency_code, assignment_method,
    simulated)
SELECT :city_code, 'BEN-' || number, 'simulation', service_code, group_code, 'Bench ' || number,
       status, came, came + interval '3 days',
       CASE WHEN status = 'closed' THEN came + interval '2 days' END,
       'point', geom, geom, set_id, code, parent_code, code, parent_code, agency_code, 'covers',
       true
FROM dated
