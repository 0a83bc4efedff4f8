-- Keeps complaints from others until the transaction ends, in the order of their ids, and tells
-- those that changed since the decision was taken.
WITH locked AS MATERIALIZED (
    SELECT complaint.id, complaint.version <> pending.version AS stale
    FROM geoapp.pending_decision AS pending
    JOIN geoapp.complaint ON complaint.city_code = :city_code
                         AND complaint.id = pending.complaint_id
    WHERE pending.city_code = :city_code AND pending.activation_id = :activation_id
      AND pending.complaint_id BETWEEN :first AND :last
    ORDER BY complaint.id
    FOR NO KEY UPDATE OF complaint
)
SELECT id FROM locked WHERE stale ORDER BY id
