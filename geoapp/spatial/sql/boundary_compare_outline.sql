-- The ground that all kelurahan of a set cover together, each m² once: in force, looked at,
-- and what only one of the two covers. Null where a set has no areas.
WITH outline AS (
    SELECT ST_Union(area.geom) FILTER (WHERE area.set_id = :in_force) AS old,
           ST_Union(area.geom) FILTER (WHERE area.set_id = :set_id) AS new
    FROM geoapp.area
    WHERE area.city_code = :city_code AND area.set_id IN (:in_force, :set_id)
)
SELECT ST_Area(ST_Transform(outline.old, city.metric_srid)) / 1e6 AS old_km2,
       ST_Area(ST_Transform(outline.new, city.metric_srid)) / 1e6 AS new_km2,
       ST_Area(ST_SymDifference(outline.old, outline.new))
           * ST_Area(ST_Transform(outline.old, city.metric_srid)) / ST_Area(outline.old) / 1e6
           AS difference_km2
FROM outline
JOIN geoapp.city ON city.code = :city_code
