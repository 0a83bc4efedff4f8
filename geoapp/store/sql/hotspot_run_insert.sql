-- One run; its id comes back.
INSERT INTO geoapp.hotspot_run (
    city_code, group_code, window_from, window_to, cell_m, metric_srid, computed_at, total,
    outside, simulated, cells, tested, hotspots, boundary_set, set_aside, clusters
) VALUES (
    :city_code, :group_code, :window_from, :window_to, :cell_m, :metric_srid, :computed_at, :total,
    :outside, :simulated, :cells, :tested, :hotspots, :boundary_set,
    CAST(:set_aside AS jsonb), CAST(:clusters AS jsonb)
)
RETURNING id
