-- Squares of zoom 12 in which a complaint lies or something is counted.
SELECT prefix FROM (
    SELECT tile18 >> 12 AS prefix FROM geoapp.complaint
    WHERE city_code = :city_code AND location_kind = 'point'
    UNION
    SELECT public_tile18 >> 12 FROM geoapp.complaint
    WHERE city_code = :city_code AND location_kind = 'point'
    UNION
    SELECT tile18 >> 12 FROM geoapp.density_counted WHERE city_code = :city_code
    UNION
    SELECT public_tile18 >> 12 FROM geoapp.density_counted WHERE city_code = :city_code
    UNION
    SELECT cell >> 10 FROM geoapp.density_cell WHERE city_code = :city_code
    UNION
    SELECT cell >> 2 * (zoom - 12) FROM geoapp.density_total WHERE city_code = :city_code
) AS found
WHERE prefix IS NOT NULL
ORDER BY prefix
