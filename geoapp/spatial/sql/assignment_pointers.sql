-- Lets complaints of an id range that stay where they were point at the sets in force.
-- Run after everybody who moves has moved. Neither a decision nor an event: the same area,
-- the same agency, a newer edition of the map. What the new set doesn't know keeps
-- pointing at its own. No index has these columns, so the rows are updated in place.
UPDATE geoapp.complaint
SET kelurahan_set = CASE WHEN area.code IS NULL THEN complaint.kelurahan_set
                         ELSE target.kelurahan_set END,
    service_area_set = CASE WHEN service_area.code IS NULL THEN complaint.service_area_set
                            ELSE target.service_area_set END
FROM (
    SELECT city.code AS city_code, kelurahan.id AS kelurahan_set, areas.id AS service_area_set
    FROM geoapp.city
    LEFT JOIN geoapp.boundary_set AS kelurahan
      ON kelurahan.city_code = city.code AND kelurahan.layer = 'kelurahan'
     AND kelurahan.status = 'active'
    LEFT JOIN geoapp.boundary_set AS areas
      ON areas.city_code = city.code AND areas.layer = 'service_area'
     AND areas.status = 'active'
    WHERE city.code = :city_code
) AS target
JOIN geoapp.complaint AS old
  ON old.city_code = target.city_code AND old.id BETWEEN :first_id AND :last_id
LEFT JOIN geoapp.area
  ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
 AND area.code = old.kelurahan_code
LEFT JOIN geoapp.service_area
  ON service_area.city_code = target.city_code
 AND service_area.set_id = target.service_area_set
 AND service_area.code = old.service_area_code
WHERE complaint.city_code = old.city_code AND complaint.id = old.id
  AND ((area.code IS NOT NULL AND old.kelurahan_set <> target.kelurahan_set)
       OR (service_area.code IS NOT NULL AND old.service_area_set <> target.service_area_set))
