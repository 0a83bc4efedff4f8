-- A copy, staged, of the service areas in force, each naming the new codes instead of those
-- that retire. One that has none left is left out: without areas it would be the whole city.
WITH old AS MATERIALIZED (
    SELECT * FROM geoapp.boundary_set
    WHERE city_code = :city_code AND layer = 'service_area' AND status = 'active'
),
made AS (
    INSERT INTO geoapp.boundary_set (
        city_code, layer, version, source, licence, sha256, approximate, quality, made_from,
        imported_by)
    SELECT city_code, layer, version || ' (' || :made_for || ')', source, licence,
           encode(sha256(convert_to(sha256 || :mapping, 'UTF8')), 'hex'), approximate, quality,
           id, :made_by
    FROM old
    RETURNING city_code, id
),
mapped AS MATERIALIZED (
    SELECT area.*, ARRAY(
               SELECT DISTINCT kept.code
               FROM unnest(area.area_codes) AS was (code)
               CROSS JOIN LATERAL (
                   SELECT was.code WHERE NOT cast(:mapping AS jsonb) ? was.code
                   UNION ALL
                   SELECT jsonb_array_elements_text(cast(:mapping AS jsonb) -> was.code)
               ) AS kept (code)
               ORDER BY kept.code) AS new_codes
    FROM old
    JOIN geoapp.service_area AS area ON area.city_code = old.city_code AND area.set_id = old.id
),
filled AS (
    INSERT INTO geoapp.service_area (
        city_code, set_id, code, name, agency_code, group_code, service_code, priority,
        coverage, area_codes, geom)
    SELECT made.city_code, made.id, mapped.code, mapped.name, mapped.agency_code,
           mapped.group_code, mapped.service_code, mapped.priority, mapped.coverage,
           CASE WHEN mapped.coverage = 'areas' THEN mapped.new_codes ELSE mapped.area_codes END,
           mapped.geom
    FROM made CROSS JOIN mapped
    WHERE mapped.coverage <> 'areas' OR cardinality(mapped.new_codes) > 0
)
SELECT id FROM made
