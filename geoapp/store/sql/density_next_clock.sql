-- Complaints whose clock's part changes from :before to :after, by the moment at which it does:
-- past their deadline, or done longer ago than two days. With a row more than :most the moment
-- reached is that of the last row but one.
SELECT complaint_id, at
FROM (
    (SELECT complaint_id, due_at AS at
     FROM geoapp.density_counted
     WHERE city_code = :city_code
       AND status IN ('submitted', 'verified', 'assigned', 'in_progress', 'reopened')
       AND due_at >= :before AND due_at < :after
     ORDER BY due_at
     LIMIT :most)
    UNION ALL
    (SELECT complaint_id, done_at + interval '48 hours'
     FROM geoapp.density_counted
     WHERE city_code = :city_code AND status IN ('resolved', 'closed')
       AND done_at >= :before - interval '48 hours' AND done_at < :after - interval '48 hours'
     ORDER BY done_at
     LIMIT :most)
) AS turning
ORDER BY at
LIMIT :most
