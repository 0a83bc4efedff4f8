-- Every kelurahan code of the set in force (old) and of the set looked at (new), side by side.
-- What differs is cut out in EPSG:4326, as it decides, and measured in the city's metric CRS.
WITH city AS (
    SELECT metric_srid FROM geoapp.city WHERE code = :city_code
), old AS (
    SELECT area.code, area.name, area.parent_code, area.geom
    FROM geoapp.area WHERE area.city_code = :city_code AND area.set_id = :in_force
), new AS (
    SELECT area.code, area.name, area.parent_code, area.geom
    FROM geoapp.area WHERE area.city_code = :city_code AND area.set_id = :set_id
)
SELECT code, old.name AS old_name, new.name AS new_name,
       old.parent_code AS old_parent, new.parent_code AS new_parent,
       old.code IS NOT NULL AS in_old, new.code IS NOT NULL AS in_new,
       false AS rule_differs,
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
