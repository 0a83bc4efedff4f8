-- Pieces of at most 64 corners: small boxes and short edge lists for the candidate search.
INSERT INTO geoapp.area_piece (city_code, set_id, code, piece, geom)
SELECT area.city_code, area.set_id, area.code,
       row_number() OVER (PARTITION BY area.code), piece.geom
FROM geoapp.area
CROSS JOIN LATERAL ST_Subdivide(area.geom, 64) AS piece (geom)
WHERE area.city_code = :city_code AND area.set_id = :set_id
  AND ST_Dimension(piece.geom) = 2
