-- How far a point lies outside the city, and which way, seen from the city.
WITH input AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS point
),
nearest AS (
    SELECT ST_ClosestPoint(area.geom, input.point) AS edge
    FROM input
    CROSS JOIN geoapp.area
    JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                            AND boundary_set.id = area.set_id
    WHERE area.city_code = :city_code AND boundary_set.layer = 'kelurahan'
      AND boundary_set.status = 'active'
    ORDER BY area.geom <-> input.point
    LIMIT 1
)
SELECT ST_Distance(nearest.edge::geography, input.point::geography) AS distance_m,
       degrees(ST_Azimuth(nearest.edge::geography, input.point::geography)) AS azimuth
FROM input CROSS JOIN nearest
