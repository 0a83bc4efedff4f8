-- The kelurahan of a place by the boundaries in force, to be offered to whoever stood there.
SELECT area.code, area.name
FROM geoapp.boundary_set AS sets
CROSS JOIN LATERAL geoapp.area_at(
    sets.city_code, sets.id, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) AS found
JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
                AND area.code = found.code
WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
ORDER BY area.code COLLATE "C"
LIMIT 1
