SET LOCAL lock_timeout = '5s';

-- "Ward then" of a complaint that came before the set in force was valid: where it lay by the
-- set of its own day, by the same rule as ever. What everybody is told follows from the public
-- position alone. Null where it is the same as today, empty where it lay in none; one row, with
-- nulls for a complaint without a point (it stays where it was said to be) and for one that
-- came since.
--   p_code, p_parent, p_shown, p_shown_parent: as the set in force has it
CREATE FUNCTION geoapp.ward_then(
    p_city text, p_at timestamptz, p_point geometry, p_code text, p_parent text,
    p_public_point geometry, p_blur_m integer, p_shown text, p_shown_parent text)
RETURNS TABLE (code text, parent_code text, shown_code text, shown_parent_code text)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT nullif(coalesce(was.code, ''), coalesce(p_code, '')),
           nullif(coalesce(was.parent_code, ''), coalesce(p_parent, '')),
           nullif(coalesce(seen.code, ''), coalesce(p_shown, '')),
           nullif(coalesce(seen.parent_code, ''), coalesce(p_shown_parent, ''))
    FROM geoapp.city
    JOIN geoapp.boundary_set AS in_force
      ON in_force.city_code = city.code AND in_force.layer = 'kelurahan'
     AND in_force.status = 'active'
     AND (p_at AT TIME ZONE city.timezone)::date < in_force.valid_from
    CROSS JOIN LATERAL (
        SELECT geoapp.set_on(city.code, 'kelurahan', (p_at AT TIME ZONE city.timezone)::date) AS id
    ) AS old
    LEFT JOIN LATERAL (
        SELECT area.code, area.parent_code
        FROM geoapp.area
        WHERE area.city_code = city.code AND area.set_id = old.id
          AND area.code = coalesce(
              (SELECT min(hit.code) FROM geoapp.area_at(city.code, old.id, p_point) AS hit),
              (SELECT near.code
               FROM geoapp.nearest_area(city.code, old.id, p_point, city.metric_srid) AS near))
    ) AS was ON true
    LEFT JOIN LATERAL geoapp.public_area(
        city.code, old.id, p_public_point, p_blur_m, was.code) AS seen ON true
    WHERE city.code = p_city AND p_point IS NOT NULL AND old.id IS DISTINCT FROM in_force.id
    UNION ALL
    SELECT NULL, NULL, NULL, NULL
    LIMIT 1
$$;

-- What people gave to another agency than the rules: one in fifty, looked through for rules
-- that don't fit.
CREATE INDEX complaint_manual ON geoapp.complaint (city_code, id)
    WHERE assignment_method = 'manual';

-- A part of a complaint lay where the whole did.
GRANT INSERT (then_kelurahan_code, then_kecamatan_code, public_then_kelurahan_code,
              public_then_kecamatan_code)
    ON geoapp.complaint TO geoapp_staff;
