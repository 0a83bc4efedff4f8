-- How many complaints an activation moves, how many of them out of every area, how many more
-- two areas will claim than before, and how many more are offered to another road authority.
SELECT count(*) FILTER (WHERE pending.moves) AS moving,
       count(*) FILTER (WHERE pending.moves AND pending.method = 'outside') AS outside,
       count(*) FILTER (WHERE pending.ambiguous AND NOT pending.from_ambiguous) AS newly_ambiguous,
       (SELECT count(*)
        FROM geoapp.pending_decision AS other
        JOIN geoapp.complaint ON complaint.city_code = other.city_code
                             AND complaint.id = other.complaint_id
        WHERE other.city_code = :city_code AND other.activation_id = :activation_id
          AND other.authority_offer = 'open'
          AND complaint.authority_offer IS DISTINCT FROM 'open') AS offered
FROM geoapp.pending_decision AS pending
WHERE pending.city_code = :city_code AND pending.activation_id = :activation_id
