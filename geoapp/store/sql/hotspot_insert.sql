-- All drawn hexagons of a run in one statement.
INSERT INTO geoapp.hotspot (
    city_code, run_id, cell_q, cell_r, cluster, count, neighbourhood, expected, z, p, q,
    confidence, kelurahan, geom
)
SELECT :city_code, :run_id, h.cell_q, h.cell_r, h.cluster, h.count, h.neighbourhood, h.expected,
    h.z, h.p, h.q, h.confidence, h.kelurahan, ST_SetSRID(ST_GeomFromGeoJSON(h.geometry), 4326)
FROM jsonb_to_recordset(CAST(:hotspots AS jsonb)) AS h (
    cell_q integer, cell_r integer, cluster smallint, count integer, neighbourhood integer,
    expected double precision, z double precision, p double precision, q double precision,
    confidence smallint, kelurahan text[], geometry text
)
