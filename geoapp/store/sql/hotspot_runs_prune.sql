-- Keep the newest runs of a group and window length; the hexagons go with their run.
DELETE FROM geoapp.hotspot_run AS r
USING (
    SELECT id, row_number() OVER (
        PARTITION BY group_code, window_to - window_from ORDER BY computed_at DESC, id DESC
    ) AS age
    FROM geoapp.hotspot_run
    WHERE city_code = :city_code AND group_code = :group_code
) AS old
WHERE r.city_code = :city_code AND r.id = old.id AND old.age > :keep
