-- Counts by group and status. Comes after: matching (group_code, status, due_at).
SELECT group_code, status, count(*) AS total,
       count(*) FILTER (WHERE geoapp.is_overdue(status, due_at, :now)) AS overdue,
       count(*) FILTER (WHERE geoapp.is_due_soon(status, due_at, :now)) AS due_soon
FROM matching
GROUP BY group_code, status
