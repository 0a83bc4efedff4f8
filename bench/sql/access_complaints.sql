-- Complaints evenly over the kelurahan in force (more in larger ones), of all services in
-- turn, over three years, a fifth of them open. The same rows at every run: places come
-- from a seed, the rest from the row's number.
WITH size AS MATERIALIZED (
    SELECT area.city_code, area.set_id, area.code, area.parent_code, area.geom,
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
           row_number() OVER (ORDER BY md5(size.code || '/' || dumped.path[1])) AS number,
           -- 0 to 29, independent of the service
           abs(hashtext(size.code || '/' || dumped.path[1])) % 30 AS lot
    FROM size
    CROSS JOIN LATERAL ST_Dump(
        ST_GeneratePoints(geom, ceil(share * :points)::integer, size.seed::integer)) AS dumped
),
service AS MATERIALIZED (
    SELECT version.*, service.group_code, row_number() OVER (ORDER BY service.code) AS number,
           count(*) OVER () AS services
    FROM geoapp.service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
     AND daterange(version.valid_from, version.valid_to) @> current_date
    WHERE service.city_code = :city_code
)
INSERT INTO geoapp.complaint (
    city_code, ticket, channel, service_code, group_code, description, status, submitted_at,
    due_at, resolved_at, location_kind, geom, public_geom, kelurahan_set, kelurahan_code,
    kecamatan_code, agency_code, assignment_method, simulated)
SELECT :city_code, 'BEN-' || place.number, 'simulation', service.service_code,
       service.group_code, 'Bench ' || place.number,
       CASE WHEN place.lot > 5 THEN 'closed'
            ELSE (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened'])
                 [place.lot + 1] END,
       now() - place.number * interval '94 seconds',
       now() - place.number * interval '94 seconds' + interval '3 days',
       CASE WHEN place.lot > 5
            THEN now() - place.number * interval '94 seconds' + interval '2 days' END,
       'point', place.geom, place.geom, place.set_id, place.code, place.parent_code,
       service.agency_code, 'covers', true
FROM place
JOIN service ON service.number = place.number % service.services + 1
WHERE place.number <= :points
ORDER BY place.number
