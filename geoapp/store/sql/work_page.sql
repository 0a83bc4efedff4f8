-- One page of the work list with names, and how many match in all. Comes after: matching
-- (everything that fits), page (the rows wanted, in order, cut to the limit).
-- A lead that the reader may not see stays unnamed: row-level security leaves it out.
SELECT total.matched, page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name,
       service_area.name AS service_area_name, officer.name AS officer_name,
       lead.ticket AS lead_ticket, origin.ticket AS origin_ticket,
       pictures.photos
FROM (SELECT count(*) AS matched FROM matching) AS total
LEFT JOIN page ON true
LEFT JOIN LATERAL geoapp.area_told(
    page.city_code, page.kelurahan_set, page.kelurahan_code) AS area ON true
LEFT JOIN geoapp.service_area
       ON service_area.city_code = page.city_code
      AND service_area.set_id = page.service_area_set
      AND service_area.code = page.service_area_code
LEFT JOIN geoapp.account AS officer
       ON officer.city_code = page.city_code AND officer.id = page.officer_id
LEFT JOIN geoapp.complaint_work AS lead
       ON lead.city_code = page.city_code AND lead.id = page.duplicate_of
LEFT JOIN geoapp.complaint_work AS origin
       ON origin.city_code = page.city_code AND origin.id = page.split_from
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'id', photo.id, 'width', photo.width, 'height', photo.height,
               'event_id', photo.event_id, 'private', photo.private,
               'hidden', photo.hidden_at IS NOT NULL)
               ORDER BY photo.position) AS photos
    FROM geoapp.photo
    WHERE photo.city_code = page.city_code AND photo.complaint_id = page.id
) AS pictures ON true
ORDER BY page.place
