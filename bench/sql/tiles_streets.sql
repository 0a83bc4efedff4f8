-- Forty tiles of a zoom with as many complaints as are still drawn as points, nearly.
SELECT key FROM (
    SELECT public_tile18 >> 2 * (18 - :zoom) AS key, count(*) AS complaints
    FROM geoapp.complaint
    WHERE city_code = :city_code AND location_kind = 'point'
    GROUP BY key
) AS tile
WHERE complaints BETWEEN 400 AND 1900
ORDER BY md5(key::text)
LIMIT 40
