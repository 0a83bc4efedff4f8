-- Counts by group and status. Comes after: matching (group_code, status, due_at).
SELECT group_code, status, count(*) AS total,
       count(*) FILTER (WHERE due_at < :now) AS past_due,
       count(*) FILTER (WHERE due_at >= :now AND due_at < :soon) AS due_soon
FROM matching
GROUP BY group_code, status
