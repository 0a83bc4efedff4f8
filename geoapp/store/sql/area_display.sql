-- The active kelurahan as they are drawn: simplified together, so that neighbours share edges.
SELECT area.code, area.name, area.parent_code, area.parent_name, boundary_set.approximate,
       ST_X(area.label) AS label_lon, ST_Y(area.label) AS label_lat,
       ST_AsGeoJSON(area.display_geom, 6) AS geometry
FROM geoapp.area
JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                        AND boundary_set.id = area.set_id
WHERE boundary_set.city_code = :city_code
  AND boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
ORDER BY area.code
