-- Complaints evenly over the areas in force (more in larger ones), of all services in turn,
-- in random order of place, not yet assigned anywhere.
WITH size AS MATERIALIZED (
    SELECT area.city_code, area.geom, ST_Area(area.geom) / sum(ST_Area(area.geom)) OVER () AS share
    FROM geoapp.area
    JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                            AND boundary_set.id = area.set_id
    WHERE area.city_code = :city_code AND boundary_set.layer = 'kelurahan'
      AND boundary_set.status = 'active'
),
place AS MATERIALIZED (
    SELECT dumped.geom, row_number() OVER (ORDER BY random()) AS number
    FROM size
    CROSS JOIN LATERAL ST_Dump(
        ST_GeneratePoints(geom, ceil(share * :points)::integer, 1)) AS dumped
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
    city_code, ticket, channel, service_code, group_code, due_at, location_kind, geom,
    public_geom, agency_code, assignment_method, simulated)
SELECT :city_code, 'BEN-' || place.number, 'simulation', service.service_code,
       service.group_code, now(), 'point', place.geom, place.geom, service.agency_code,
       'outside', true
FROM place
JOIN service ON service.number = place.number % service.services + 1
WHERE place.number <= :points
ORDER BY place.number
