-- Lets kept filters ask for the codes put in retiring codes' stead. One whose codes of a level
-- are all dropped keeps them and finds nothing: without them it would find everything. Those
-- that ask by the boundaries of then mean what was.
WITH mapped AS MATERIALIZED (
    SELECT level.key AS level, one.key AS old,
           ARRAY(SELECT jsonb_array_elements_text(one.value)) AS new
    FROM jsonb_each(cast(:mapping AS jsonb)) AS level
    CROSS JOIN LATERAL jsonb_each(level.value) AS one
),
renewed AS (
    SELECT saved_filter.id, string_agg(
               CASE WHEN names.retiring AND names.codes <> '{}'
                    THEN part.field || '=' || array_to_string(names.codes, ',')
                    ELSE part.given END, '&' ORDER BY part.position) AS query
    FROM geoapp.saved_filter
    CROSS JOIN LATERAL (
        SELECT given, position, split_part(given, '=', 1) AS field,
               string_to_array(split_part(given, '=', 2), ',') AS codes
        FROM unnest(string_to_array(saved_filter.query, '&')) WITH ORDINALITY AS one (given, position)
    ) AS part
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM mapped WHERE mapped.level = part.field
                                            AND mapped.old = ANY (part.codes)) AS retiring,
               ARRAY(SELECT DISTINCT kept.code
                     FROM unnest(part.codes) AS was (code)
                     LEFT JOIN mapped ON mapped.level = part.field AND mapped.old = was.code
                     CROSS JOIN LATERAL unnest(
                         CASE WHEN mapped.old IS NULL THEN ARRAY[was.code] ELSE mapped.new END
                     ) AS kept (code)
                     ORDER BY kept.code) AS codes
    ) AS names
    WHERE saved_filter.city_code = :city_code
      AND saved_filter.query !~ '(^|&)boundaries=then'
    GROUP BY saved_filter.id
)
UPDATE geoapp.saved_filter
SET query = renewed.query, changed_at = now()
FROM renewed
WHERE saved_filter.city_code = :city_code AND saved_filter.id = renewed.id
  AND saved_filter.query <> renewed.query
