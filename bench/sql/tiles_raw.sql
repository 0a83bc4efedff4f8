-- All points of a tile as the bare statement makes it; its bytes.
SELECT length(ST_AsMVT(point, 'points', 4096, 'shape'))
FROM (
    SELECT ticket, group_code, service_code, status,
           ST_AsMVTGeom(ST_Transform(public_geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 0)
               AS shape
    FROM geoapp.complaint
    WHERE city_code = :city_code AND location_kind = 'point' AND NOT confidential
      AND public_tile18 BETWEEN :first AND :last
) AS point
