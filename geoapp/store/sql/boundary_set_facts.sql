-- One set without its areas, its report, and how many shapes are kept of its faults.
SELECT sets.id, sets.layer, sets.version, sets.status, sets.source, sets.licence, sets.sha256,
       sets.approximate, sets.valid_from, sets.valid_to, sets.imported_at, sets.imported_by,
       sets.made_from, sets.quality,
       CASE sets.layer
           WHEN 'kelurahan' THEN (
               SELECT count(*) FROM geoapp.area AS one
               WHERE one.city_code = sets.city_code AND one.set_id = sets.id)
           WHEN 'service_area' THEN (
               SELECT count(*) FROM geoapp.service_area AS one
               WHERE one.city_code = sets.city_code AND one.set_id = sets.id)
           ELSE (
               SELECT count(*) FROM geoapp.road_line AS one
               WHERE one.city_code = sets.city_code AND one.set_id = sets.id)
       END AS areas,
       fault.gaps, fault.overlaps, fault.changed
FROM geoapp.boundary_set AS sets
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'gap') AS gaps,
           count(*) FILTER (WHERE kind = 'overlap') AS overlaps,
           count(*) FILTER (WHERE kind = 'changed') AS changed
    FROM geoapp.boundary_fault
    WHERE boundary_fault.city_code = sets.city_code AND boundary_fault.set_id = sets.id
) AS fault
WHERE sets.city_code = :city_code AND sets.id = :set_id
