-- One complaint with the names of its areas. Comes after: page (that one row).
SELECT page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name
FROM page
LEFT JOIN LATERAL geoapp.area_told(
    page.city_code, page.kelurahan_set, page.kelurahan_code) AS area ON true
