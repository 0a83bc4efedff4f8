-- Points to subdivided polygons, as a PostGIS user would write it.
SELECT count(*)
FROM geoapp.complaint
JOIN geoapp.area_piece AS piece ON ST_Intersects(piece.geom, complaint.geom)
JOIN geoapp.boundary_set ON boundary_set.city_code = piece.city_code
                        AND boundary_set.id = piece.set_id
WHERE complaint.city_code = :city_code
  AND boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
