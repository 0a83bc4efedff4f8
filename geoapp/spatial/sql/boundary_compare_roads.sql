-- Every road's code of the set in force (old) and of the set looked at (new): lines have no
-- area; another course of the road counts as another rule.
WITH old AS (
    SELECT line.code, line.name,
           (line.ref, line.authority, line.agency_code, ST_AsBinary(line.geom)) AS rule
    FROM geoapp.road_line AS line
    WHERE line.city_code = :city_code AND line.set_id = :in_force
), new AS (
    SELECT line.code, line.name,
           (line.ref, line.authority, line.agency_code, ST_AsBinary(line.geom)) AS rule
    FROM geoapp.road_line AS line
    WHERE line.city_code = :city_code AND line.set_id = :set_id
)
SELECT code, old.name AS old_name, new.name AS new_name,
       NULL AS old_parent, NULL AS new_parent,
       old.code IS NOT NULL AS in_old, new.code IS NOT NULL AS in_new,
       old.code IS NOT NULL AND new.code IS NOT NULL
           AND old.rule IS DISTINCT FROM new.rule AS rule_differs,
       NULL AS old_km2, NULL AS new_km2, NULL AS moved_km2
FROM old FULL JOIN new USING (code)
ORDER BY code
