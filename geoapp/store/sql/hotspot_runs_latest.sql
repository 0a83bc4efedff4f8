-- The newest run of each group asked for (all when none are named), of
-- the given window length in days (any when null).
SELECT DISTINCT ON (group_code) *
FROM geoapp.hotspot_run
WHERE city_code = :city_code
    AND (CAST(:groups AS text[]) IS NULL OR group_code = ANY (CAST(:groups AS text[])))
    AND (
        CAST(:window_days AS integer) IS NULL
        OR window_to - window_from = make_interval(days => CAST(:window_days AS integer))
    )
ORDER BY group_code, computed_at DESC, id DESC
