-- What a submission would be told, without storing it; and, for the question "is it here
-- or next door?", the areas within a distance of the point, the nearest first.
WITH input AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS point
),
decision AS MATERIALIZED (
    SELECT decided.*
    FROM input
    CROSS JOIN LATERAL geoapp.decide(
        :city_code, :service, input.point, NULL, NULL, now()) AS decided
)
SELECT decision.kelurahan_code, area.name AS kelurahan_name, decision.kecamatan_code,
       area.parent_name AS kecamatan_name, decision.agency_code, decision.clock,
       decision.target, decision.due_at, decision.method, decision.ambiguous,
       decision.approximate,
       geoapp.edge_distance(:city_code, decision.kelurahan_set, decision.covering_code,
                            input.point, decision.metric_srid) AS edge_distance_m,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'code', near.code, 'name', near.name, 'kecamatan', near.parent_name)
                   ORDER BY near.distance_m, near.code), '[]')
        FROM (
            SELECT other.code, other.name, other.parent_name,
                   ST_Distance(ST_Transform(other.geom, decision.metric_srid),
                               ST_Transform(input.point, decision.metric_srid)) AS distance_m
            FROM geoapp.area AS other
            WHERE other.city_code = :city_code AND other.set_id = decision.kelurahan_set
              -- in degrees, a fifth too wide: see geoapp.nearest_area
              AND other.geom && ST_Expand(
                  input.point,
                  1.2 * :within_m / (111320 * greatest(cos(radians(ST_Y(input.point))), 0.01)),
                  1.2 * :within_m / 110574.0)
        ) AS near
        WHERE near.distance_m <= greatest(
                  :accuracy_m, CASE WHEN decision.approximate THEN :within_m ELSE 10 END)
       ) AS choices
FROM input
CROSS JOIN decision
LEFT JOIN geoapp.area ON area.city_code = :city_code AND area.set_id = decision.kelurahan_set
                     AND area.code = decision.kelurahan_code
