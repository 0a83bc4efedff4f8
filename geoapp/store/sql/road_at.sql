SELECT found.*
FROM geoapp.city
JOIN geoapp.boundary_set AS sets
  ON sets.city_code = city.code AND sets.layer = 'road' AND sets.status = 'active'
CROSS JOIN LATERAL geoapp.road_at(
    city.code, sets.id, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), city.road_within_m,
    city.metric_srid) AS found
WHERE city.code = :city_code
