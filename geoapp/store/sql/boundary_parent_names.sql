-- What each kecamatan is called: by the set in force, else by the newest set that knew it.
SELECT DISTINCT ON (area.parent_code) area.parent_code, area.parent_name
FROM geoapp.area
JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                        AND boundary_set.id = area.set_id
WHERE area.city_code = :city_code AND boundary_set.layer = 'kelurahan'
  AND area.parent_code IS NOT NULL AND area.parent_name IS NOT NULL
ORDER BY area.parent_code, (boundary_set.status = 'active') DESC, boundary_set.id DESC
