-- Ends the grants that name retiring codes and gives each anew with the codes put in their
-- stead; one that has no area left ends, and isn't widened to the whole city. One row per
-- grant; both are written down for the administrators' log.
WITH mapped AS MATERIALIZED (
    SELECT level.key AS level, one.key AS old,
           ARRAY(SELECT jsonb_array_elements_text(one.value)) AS new
    FROM jsonb_each(cast(:mapping AS jsonb)) AS level
    CROSS JOIN LATERAL jsonb_each(level.value) AS one
),
ended AS (
    UPDATE geoapp.account_grant
    SET revoked_at = now()
    WHERE city_code = :city_code AND revoked_at IS NULL
      AND (kelurahan_codes && ARRAY(SELECT old FROM mapped WHERE level = 'kelurahan')
           OR kecamatan_codes && ARRAY(SELECT old FROM mapped WHERE level = 'kecamatan')
           OR service_area_codes && ARRAY(SELECT old FROM mapped WHERE level = 'service_area'))
    RETURNING *
),
renewed AS MATERIALIZED (
    SELECT ended.*, now.codes[1] AS new
    FROM ended
    CROSS JOIN LATERAL (
        SELECT ARRAY(
            SELECT jsonb_object_agg(levels.level, ARRAY(
                SELECT DISTINCT kept.code
                FROM unnest(levels.codes) AS was (code)
                LEFT JOIN mapped ON mapped.level = levels.level AND mapped.old = was.code
                CROSS JOIN LATERAL unnest(
                    CASE WHEN mapped.old IS NULL THEN ARRAY[was.code] ELSE mapped.new END
                ) AS kept (code)
                ORDER BY kept.code))
            FROM (VALUES ('kelurahan', ended.kelurahan_codes),
                         ('kecamatan', ended.kecamatan_codes),
                         ('service_area', ended.service_area_codes)) AS levels (level, codes)
        ) AS codes
    ) AS now
),
granted AS (
    INSERT INTO geoapp.account_grant (
        city_code, account_id, role, agency_code, kelurahan_codes, kecamatan_codes,
        service_area_codes, granted_by)
    SELECT city_code, account_id, role, agency_code,
           ARRAY(SELECT jsonb_array_elements_text(new -> 'kelurahan')),
           ARRAY(SELECT jsonb_array_elements_text(new -> 'kecamatan')),
           ARRAY(SELECT jsonb_array_elements_text(new -> 'service_area')),
           'system'
    FROM renewed
    WHERE new <> '{"kelurahan": [], "kecamatan": [], "service_area": []}'
),
told AS (
    INSERT INTO geoapp.admin_event (city_code, actor, kind, subject, data)
    SELECT city_code, 'system', 'boundaries.grants_mapped', 'account:' || account_id,
           jsonb_build_object(
               'grant', id, 'role', role, 'activation', cast(:activation_id AS bigint),
               'before', jsonb_build_object('kelurahan', kelurahan_codes,
                                            'kecamatan', kecamatan_codes,
                                            'service_area', service_area_codes),
               'after', new)
    FROM renewed
)
SELECT id, account_id FROM renewed ORDER BY id
