-- Points to the subdivided polygons of a set, as a PostGIS user would write it.
SELECT count(*)
FROM geoapp.complaint
JOIN geoapp.area_piece AS piece ON ST_Intersects(piece.geom, complaint.geom)
WHERE complaint.city_code = :city_code AND piece.set_id = :set_id
