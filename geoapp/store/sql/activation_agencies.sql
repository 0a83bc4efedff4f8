-- Which agencies give complaints to which when an activation moves them.
SELECT from_agency, agency_code AS to_agency, count(*) AS count
FROM geoapp.pending_decision
WHERE city_code = :city_code AND activation_id = :activation_id AND moves
  AND from_agency <> agency_code
GROUP BY 1, 2
ORDER BY count(*) DESC, 1, 2
