-- Removes decisions of activations that aren't under way any more, so many at a time.
DELETE FROM geoapp.pending_decision AS pending
WHERE (pending.city_code, pending.activation_id, pending.complaint_id) IN (
    SELECT old.city_code, old.activation_id, old.complaint_id
    FROM geoapp.activation AS ended
    JOIN geoapp.pending_decision AS old ON old.city_code = ended.city_code
                                       AND old.activation_id = ended.id
    WHERE ended.city_code = :city_code AND ended.state IN ('done', 'undone')
    LIMIT :at_most)
