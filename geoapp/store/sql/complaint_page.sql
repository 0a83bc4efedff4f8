-- One page of complaints with the names of their areas, and how many match in all.
-- Comes after: matching (everything that fits), page (the rows wanted, cut to the limit).
-- Without any row the number comes alone.
SELECT total.matched, page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name
FROM (SELECT count(*) AS matched FROM matching) AS total
LEFT JOIN page ON true
LEFT JOIN geoapp.area ON area.city_code = page.city_code
                     AND area.set_id = page.kelurahan_set
                     AND area.code = page.kelurahan_code
ORDER BY page.submitted_at DESC, page.id DESC
