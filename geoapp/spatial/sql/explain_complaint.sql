-- A stored complaint as explain.sql reads it: its last decision, by the sets that took it, at
-- its true position. A person's choice of an agency says nothing of the place: how that was
-- found stays as it was decided before. No row where the account sees no such complaint.
SELECT complaint.city_code, complaint.geom AS point, city.metric_srid,
       complaint.submitted_at AS at, complaint.service_code, complaint.group_code,
       complaint.accuracy_m,
       coalesce(last.kelurahan_set, placed.kelurahan_set,
                geoapp.set_on(complaint.city_code, 'kelurahan', last.day)) AS kelurahan_set,
       coalesce(last.service_area_set, placed.service_area_set,
                geoapp.set_on(complaint.city_code, 'service_area', last.day)) AS service_area_set,
       geoapp.set_on(complaint.city_code, 'road', last.day) AS road_set,
       complaint.authority_offer,
       last.kelurahan_code, cast(NULL AS text) AS edge_code, last.agency_code, last.method,
       coalesce(placed.method, last.method) AS place_method, last.ambiguous,
       last.service_area_code, last.method <> 'manual' AS by_rule,
       cast(0 AS integer) AS shown_within_m
FROM geoapp.complaint_work AS complaint
JOIN geoapp.city ON city.code = complaint.city_code
CROSS JOIN LATERAL (
    SELECT assignment.*, (assignment.decided_at AT TIME ZONE city.timezone)::date AS day
    FROM geoapp.assignment
    WHERE assignment.city_code = complaint.city_code AND assignment.complaint_id = complaint.id
    ORDER BY assignment.id DESC
    LIMIT 1
) AS last
LEFT JOIN LATERAL (
    SELECT assignment.*
    FROM geoapp.assignment
    WHERE assignment.city_code = complaint.city_code AND assignment.complaint_id = complaint.id
      AND assignment.method <> 'manual'
    ORDER BY assignment.id DESC
    LIMIT 1
) AS placed ON true
WHERE complaint.city_code = :city_code AND complaint.ticket = :ticket
