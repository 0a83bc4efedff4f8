-- Open complaints by age, in 24-hour days since they came: how many, and how many are overdue.
-- :days are the limits between the ages; age 0 lies under the first of them.
-- Comes after: matching (status, submitted_at, due_at).
SELECT width_bucket(extract(epoch FROM cast(:now AS timestamptz) - submitted_at) / 86400.0,
                    cast(:days AS numeric[])) AS age,
       count(*) AS open,
       count(*) FILTER (WHERE geoapp.is_overdue(status, due_at, :now)) AS overdue
FROM matching
WHERE submitted_at < :now AND geoapp.deadline_state(status, due_at, :now) <> 'done'
GROUP BY 1
ORDER BY 1
