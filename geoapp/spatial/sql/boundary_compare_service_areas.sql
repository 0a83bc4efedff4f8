-- Every service area's code of the set in force (old) and of the set looked at (new). Only
-- drawn polygons have an area; lists of kelurahan and "the whole city" are rules.
WITH city AS (
    SELECT metric_srid FROM geoapp.city WHERE code = :city_code
), old AS (
    SELECT area.code, area.name, area.geom,
           (area.agency_code, area.group_code, area.service_code, area.priority, area.coverage,
            area.area_codes) AS rule
    FROM geoapp.service_area AS area
    WHERE area.city_code = :city_code AND area.set_id = :in_force
), new AS (
    SELECT area.code, area.name, area.geom,
           (area.agency_code, area.group_code, area.service_code, area.priority, area.coverage,
            area.area_codes) AS rule
    FROM geoapp.service_area AS area
    WHERE area.city_code = :city_code AND area.set_id = :set_id
)
SELECT code, old.name AS old_name, new.name AS new_name,
       NULL AS old_parent, NULL AS new_parent,
       old.code IS NOT NULL AS in_old, new.code IS NOT NULL AS in_new,
       old.code IS NOT NULL AND new.code IS NOT NULL
           AND old.rule IS DISTINCT FROM new.rule AS rule_differs,
       ST_Area(ST_Transform(old.geom, city.metric_srid)) / 1e6 AS old_km2,
       ST_Area(ST_Transform(new.geom, city.metric_srid)) / 1e6 AS new_km2,
       -- By the scale where they lie: edges straight in degrees are a little bent in metres, so
       -- that hairlines, projected corner by corner, would seem to have an area.
       CASE
           WHEN old.geom IS NULL THEN ST_Area(ST_Transform(new.geom, city.metric_srid))
           WHEN new.geom IS NULL THEN ST_Area(ST_Transform(old.geom, city.metric_srid))
           ELSE ST_Area(ST_SymDifference(old.geom, new.geom))
                * ST_Area(ST_Transform(old.geom, city.metric_srid)) / ST_Area(old.geom)
       END / 1e6 AS moved_km2
FROM city
CROSS JOIN (old FULL JOIN new USING (code))
ORDER BY code
