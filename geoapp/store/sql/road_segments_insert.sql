-- From corner to corner; a corner given twice in a row makes no segment.
INSERT INTO geoapp.road_segment (city_code, set_id, code, n, geom)
SELECT line.city_code, line.set_id, line.code,
       row_number() OVER (PARTITION BY line.code ORDER BY part.path), part.geom
FROM geoapp.road_line AS line
CROSS JOIN LATERAL ST_DumpSegments(line.geom) AS part
WHERE line.city_code = :city_code AND line.set_id = :set_id
  AND NOT ST_Equals(ST_StartPoint(part.geom), ST_EndPoint(part.geom))
