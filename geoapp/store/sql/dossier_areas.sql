-- A kelurahan of the set that decided, or of the one in force when that one doesn't know the
-- code, with its neighbours as far as a drawing of it reaches; simplified to what paper shows.
WITH own AS (
    SELECT area.set_id, area.geom
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
                    AND area.code = :code
    WHERE sets.city_code = :city_code
      AND (sets.id = :set_id OR (sets.layer = 'kelurahan' AND sets.status = 'active'))
    ORDER BY sets.id = :set_id DESC
    LIMIT 1
)
SELECT area.name, area.code = :code AS own, sets.source, sets.version, sets.approximate,
       ST_X(area.label) AS label_lon, ST_Y(area.label) AS label_lat,
       ST_AsGeoJSON(ST_Multi(ST_SimplifyPreserveTopology(area.geom, 0.00005)), 6) AS shape
FROM own
JOIN geoapp.boundary_set AS sets ON sets.city_code = :city_code AND sets.id = own.set_id
JOIN geoapp.area ON area.city_code = :city_code AND area.set_id = own.set_id
                AND area.geom && ST_Expand(own.geom, greatest(
                        ST_XMax(own.geom) - ST_XMin(own.geom), ST_YMax(own.geom) - ST_YMin(own.geom)))
ORDER BY own, area.code
LIMIT 60
