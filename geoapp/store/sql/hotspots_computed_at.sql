-- When the least recently computed group of a city was computed; null when one never was.
SELECT CASE WHEN count(*) = count(run.computed_at) THEN min(run.computed_at) END
FROM geoapp.service_group
LEFT JOIN LATERAL (
    SELECT computed_at
    FROM geoapp.hotspot_run
    WHERE hotspot_run.city_code = service_group.city_code
      AND hotspot_run.group_code = service_group.code
    ORDER BY computed_at DESC, id DESC
    LIMIT 1
) AS run ON true
WHERE service_group.city_code = :city_code
