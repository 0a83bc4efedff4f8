-- The kelurahan in force, whole.
SELECT ST_AsBinary(area.geom) AS geom
FROM geoapp.area
JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                        AND boundary_set.id = area.set_id
WHERE area.city_code = :city_code
  AND boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
