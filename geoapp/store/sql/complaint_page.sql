-- One page of complaints with the names of their areas, and how many match in all.
-- Comes after: matching (everything that fits), page (the rows wanted, cut to the limit).
-- Without any row the number comes alone.
SELECT total.matched, page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name,
       pictures.photos
FROM (SELECT count(*) AS matched FROM matching) AS total
LEFT JOIN page ON true
LEFT JOIN LATERAL geoapp.area_told(
    page.city_code, page.kelurahan_set, page.kelurahan_code) AS area ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'id', photo.id, 'width', photo.width, 'height', photo.height)
               ORDER BY photo.position) AS photos
    FROM geoapp.photo_public AS photo
    WHERE photo.city_code = page.city_code AND photo.complaint_id = page.id
      AND photo.event_id IS NULL  -- of the report; others stand in its history
) AS pictures ON true
ORDER BY page.submitted_at DESC, page.id DESC
