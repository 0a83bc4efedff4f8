-- The drawn hexagons of some runs, with their outline.
SELECT run_id, cell_q, cell_r, cluster, count AS complaints, neighbourhood, expected, z, p, q,
    confidence, kelurahan, ST_AsGeoJSON(geom, 7)::jsonb -> 'coordinates' -> 0 AS ring
FROM geoapp.hotspot
WHERE city_code = :city_code AND run_id = ANY (CAST(:runs AS bigint[]))
ORDER BY run_id, cell_q, cell_r
