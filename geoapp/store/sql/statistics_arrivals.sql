-- What came in, by step of time (day, week from Monday, month) of the city's zone and group.
-- Comes after: matching (submitted_at, group_code).
SELECT date_trunc(:step, submitted_at AT TIME ZONE :timezone)::date AS starts, group_code,
       count(*) AS received
FROM matching
WHERE submitted_at < :now
GROUP BY 1, 2
ORDER BY 1, 2
