-- Writes a person's decision who must act. What was known of the place stays with it.
INSERT INTO geoapp.assignment (
    city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
    service_area_set, service_area_code, agency_code, method, ambiguous, edge_distance_m,
    alternatives, road)
SELECT complaint.city_code, complaint.id, :actor, :reason, complaint.kelurahan_set,
       complaint.kelurahan_code,
       CASE WHEN :method <> 'manual' THEN complaint.service_area_set END,
       CASE WHEN :method <> 'manual' THEN complaint.service_area_code END,
       :agency, :method, complaint.ambiguous, last.edge_distance_m,
       coalesce(last.alternatives, '[]'), offered.road
FROM geoapp.complaint
LEFT JOIN LATERAL (
    SELECT assignment.edge_distance_m, assignment.alternatives
    FROM geoapp.assignment
    WHERE assignment.city_code = complaint.city_code AND assignment.complaint_id = :decided_like
    ORDER BY assignment.id DESC
    LIMIT 1) AS last ON true
-- what a person decides of the agency says nothing of the road
LEFT JOIN LATERAL geoapp.road_offer(
    complaint.city_code, complaint.road_set, complaint.group_code, complaint.geom) AS offered
  ON :method <> 'manual'
WHERE complaint.city_code = :city_code AND complaint.id = :id
