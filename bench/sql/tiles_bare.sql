-- The bare statement: a tile of points.
SELECT ST_AsMVT(point, 'points', 4096, 'shape')
FROM (
    SELECT ticket, "group", service, status, submitted, due, simulated,
           ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 0) AS shape
    FROM rivals.street
    WHERE geom && ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326)
) AS point
