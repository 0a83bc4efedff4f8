-- A copy of a set, staged, with everything in it; no row for an unknown set.
WITH original AS MATERIALIZED (
    SELECT * FROM geoapp.boundary_set WHERE city_code = :city_code AND id = :set_id
),
-- A name of its own: "… (copy 2026-11-22)", and ", 2" behind it for the day's second copy.
plain AS (
    SELECT regexp_replace(version, ' \(copy \d{4}-\d\d-\d\d(, \d+)?\)$', '') AS version
    FROM original
),
named AS (
    SELECT plain.version || ' (copy ' || :day || CASE WHEN n > 1 THEN ', ' || n ELSE '' END || ')'
           AS version
    FROM plain CROSS JOIN generate_series(1, 1000) AS n
    WHERE NOT EXISTS (
        SELECT 1 FROM geoapp.boundary_set AS taken
        JOIN original ON original.layer = taken.layer AND original.city_code = taken.city_code
        WHERE taken.version = plain.version || ' (copy ' || :day
                              || CASE WHEN n > 1 THEN ', ' || n ELSE '' END || ')')
    ORDER BY n
    LIMIT 1
),
copy AS (
    INSERT INTO geoapp.boundary_set (
        city_code, layer, version, source, licence, sha256, approximate, quality, made_from,
        imported_by)
    SELECT city_code, layer, named.version, source, licence, sha256, approximate, quality, id, :made_by
    FROM original CROSS JOIN named
    RETURNING city_code, id
),
areas AS (
    INSERT INTO geoapp.area (
        city_code, set_id, code, name, parent_code, parent_name, geom, display_geom, label)
    SELECT copy.city_code, copy.id, code, name, parent_code, parent_name, geom, display_geom, label
    FROM copy JOIN geoapp.area ON area.city_code = copy.city_code AND area.set_id = :set_id
),
pieces AS (
    INSERT INTO geoapp.area_piece (city_code, set_id, code, piece, geom)
    SELECT copy.city_code, copy.id, code, piece, geom
    FROM copy
    JOIN geoapp.area_piece ON area_piece.city_code = copy.city_code AND area_piece.set_id = :set_id
),
service_areas AS (
    INSERT INTO geoapp.service_area (
        city_code, set_id, code, name, agency_code, group_code, service_code, priority,
        coverage, area_codes, geom)
    SELECT copy.city_code, copy.id, code, name, agency_code, group_code, service_code, priority,
           coverage, area_codes, geom
    FROM copy
    JOIN geoapp.service_area AS area ON area.city_code = copy.city_code AND area.set_id = :set_id
),
roads AS (
    INSERT INTO geoapp.road_line (city_code, set_id, code, name, ref, authority, agency_code, geom)
    SELECT copy.city_code, copy.id, code, name, ref, authority, agency_code, geom
    FROM copy JOIN geoapp.road_line AS line ON line.city_code = copy.city_code AND line.set_id = :set_id
),
segments AS (
    INSERT INTO geoapp.road_segment (city_code, set_id, code, n, geom)
    SELECT copy.city_code, copy.id, code, n, geom
    FROM copy
    JOIN geoapp.road_segment AS part ON part.city_code = copy.city_code AND part.set_id = :set_id
),
faults AS (
    INSERT INTO geoapp.boundary_fault (city_code, set_id, n, kind, codes, area_m2, geom)
    SELECT copy.city_code, copy.id, n, kind, codes, area_m2, geom
    FROM copy
    JOIN geoapp.boundary_fault AS fault
      ON fault.city_code = copy.city_code AND fault.set_id = :set_id
)
SELECT id FROM copy
