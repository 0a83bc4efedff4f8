-- One complaint with the names of its areas. Comes after: page (that one row).
SELECT page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name
FROM page
LEFT JOIN geoapp.area ON area.city_code = page.city_code
                     AND area.set_id = page.kelurahan_set
                     AND area.code = page.kelurahan_code
