-- Service areas of a staged set name the new codes in the stead of those that are gone. One that
-- has none left is removed: without areas it would be the whole city. The codes of all these.
WITH mapped AS MATERIALIZED (
    SELECT area.city_code, area.set_id, area.code, ARRAY(
               SELECT DISTINCT kept.code
               FROM unnest(area.area_codes) AS was (code)
               CROSS JOIN LATERAL (
                   SELECT was.code WHERE NOT cast(:mapping AS jsonb) ? was.code
                   UNION ALL
                   SELECT jsonb_array_elements_text(cast(:mapping AS jsonb) -> was.code)
               ) AS kept (code)
               ORDER BY kept.code) AS new_codes
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.service_area AS area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE sets.city_code = :city_code AND sets.id = :set_id AND sets.status = 'staged'
      AND area.coverage = 'areas'
      AND area.area_codes && ARRAY(SELECT jsonb_object_keys(cast(:mapping AS jsonb)))
),
removed AS (
    DELETE FROM geoapp.service_area AS area
    USING mapped
    WHERE area.city_code = mapped.city_code AND area.set_id = mapped.set_id
      AND area.code = mapped.code AND cardinality(mapped.new_codes) = 0
),
changed AS (
    UPDATE geoapp.service_area AS area
    SET area_codes = mapped.new_codes
    FROM mapped
    WHERE area.city_code = mapped.city_code AND area.set_id = mapped.set_id
      AND area.code = mapped.code AND cardinality(mapped.new_codes) > 0
)
SELECT code FROM mapped ORDER BY code
