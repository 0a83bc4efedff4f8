-- Writes a person's decision who must act. What was known of the place stays with it.
INSERT INTO geoapp.assignment (
    city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
    service_area_set, service_area_code, agency_code, method, ambiguous, edge_distance_m,
    alternatives)
SELECT complaint.city_code, complaint.id, :actor, :reason, complaint.kelurahan_set,
       complaint.kelurahan_code,
       CASE WHEN :method <> 'manual' THEN complaint.service_area_set END,
       CASE WHEN :method <> 'manual' THEN complaint.service_area_code END,
       :agency, :method, complaint.ambiguous, last.edge_distance_m,
       coalesce(last.alternatives, '[]')
FROM geoapp.complaint
LEFT JOIN LATERAL (
    SELECT assignment.edge_distance_m, assignment.alternatives
    FROM geoapp.assignment
    WHERE assignment.city_code = complaint.city_code AND assignment.complaint_id = :decided_like
    ORDER BY assignment.id DESC
    LIMIT 1) AS last ON true
WHERE complaint.city_code = :city_code AND complaint.id = :id
