-- Those of the candidates that lie within so many metres of a pin, nearest first. Comes after:
-- candidates (open public complaints of a group in a box around the pin, found by their keys).
-- Their position is the public one: what is measured tells nothing that the map doesn't.
SELECT candidates.*, away.distance_m
FROM candidates
CROSS JOIN LATERAL (
    SELECT ST_Distance(geography(candidates.geom),
                       geography(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))) AS distance_m
) AS away
WHERE away.distance_m <= :radius_m
ORDER BY away.distance_m, candidates.id
LIMIT :most
