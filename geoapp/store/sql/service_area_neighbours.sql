-- The kelurahan in force, corner by corner as they decide: what a drawn line snaps to.
SELECT area.code, area.name, ST_AsBinary(area.geom, 'NDR') AS geom
FROM geoapp.boundary_set AS sets
JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
ORDER BY area.code
