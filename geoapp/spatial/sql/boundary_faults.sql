-- What is wrong with a set, or was changed by cleaning it, as shapes; the largest first.
SELECT n, kind, codes, area_m2, ST_AsGeoJSON(geom, 9) AS geometry
FROM geoapp.boundary_fault
WHERE city_code = :city_code AND set_id = :set_id
ORDER BY n
