-- The next complaints that decisions are to be brought to.
SELECT complaint_id
FROM geoapp.pending_decision
WHERE city_code = :city_code AND activation_id = :activation_id AND complaint_id > :after
  AND complaint_id <= :upto
ORDER BY complaint_id
LIMIT :at_most
