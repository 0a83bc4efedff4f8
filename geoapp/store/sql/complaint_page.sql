-- One page of complaints with the names of their areas, and how many match in all.
-- Comes after: matching (everything that fits), page (the rows wanted, cut to the limit).
-- Without any row the number comes alone.
SELECT total.matched, page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name,
       pictures.photos
FROM (SELECT count(*) AS matched FROM matching) AS total
LEFT JOIN page ON true
LEFT JOIN (
    -- each area once, not for each of its complaints: a third of the time of a page
    WITH areas AS MATERIALIZED (
        SELECT place.kelurahan_set, place.kelurahan_code, told.name, told.parent_name
        FROM (SELECT DISTINCT city_code, kelurahan_set, kelurahan_code FROM page) AS place
        CROSS JOIN LATERAL geoapp.area_told(
            place.city_code, place.kelurahan_set, place.kelurahan_code) AS told
    )
    SELECT * FROM areas
) AS area ON area.kelurahan_code = page.kelurahan_code
         AND area.kelurahan_set IS NOT DISTINCT FROM page.kelurahan_set
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'id', photo.id, 'width', photo.width, 'height', photo.height)
               ORDER BY photo.position) AS photos
    FROM geoapp.photo_public AS photo
    WHERE photo.city_code = page.city_code AND photo.complaint_id = page.id
      AND photo.event_id IS NULL  -- of the report; others stand in its history
) AS pictures ON true
ORDER BY page.submitted_at DESC, page.id DESC
