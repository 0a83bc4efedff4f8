-- Complaints kept from others until the transaction ends, in the order of their ids; stale:
-- changed since the decision was taken.
SELECT complaint.id, complaint.version <> pending.version AS stale
FROM geoapp.complaint
JOIN geoapp.pending_decision AS pending
  ON pending.city_code = complaint.city_code AND pending.activation_id = :activation_id
 AND pending.complaint_id = complaint.id
WHERE complaint.city_code = :city_code AND complaint.id = ANY (cast(:ids AS bigint[]))
ORDER BY complaint.id
FOR NO KEY UPDATE OF complaint
