-- How many complaints an activation moves, how many of them out of every area, and how many
-- more two areas will claim than before.
SELECT count(*) FILTER (WHERE moves) AS moving,
       count(*) FILTER (WHERE moves AND method = 'outside') AS outside,
       count(*) FILTER (WHERE ambiguous AND NOT from_ambiguous) AS newly_ambiguous
FROM geoapp.pending_decision
WHERE city_code = :city_code AND activation_id = :activation_id
