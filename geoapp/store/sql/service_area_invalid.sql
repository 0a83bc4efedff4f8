-- What PostGIS finds wrong with a polygon and where; nothing is wrong where valid.
SELECT (found.detail).valid AS valid, (found.detail).reason AS reason,
       ST_X((found.detail).location) AS lon, ST_Y((found.detail).location) AS lat,
       ST_Area(found.geom::geography) AS m2
FROM (
    SELECT ST_IsValidDetail(shape.geom) AS detail, shape.geom
    FROM (SELECT ST_SetSRID(ST_GeomFromWKB(:geom), 4326) AS geom) AS shape
    OFFSET 0
) AS found
