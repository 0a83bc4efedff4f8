-- Counts of what fits a filter, and by each of its fields what other values of that field
-- would give. Comes after: facets (group_code, agency_code, status, deadline, channel, open,
-- submitted_at, and in_<field>: whether the row fits what the filter says of that field).
SELECT 'all' AS facet, cast(NULL AS text) AS code, count(*) AS total,
       count(*) FILTER (WHERE open) AS open,
       count(*) FILTER (WHERE deadline = 'overdue') AS overdue,
       count(*) FILTER (WHERE deadline = 'due_soon') AS due_soon,
       count(*) FILTER (WHERE submitted_at >= :today) AS new_today
FROM facets
WHERE in_group AND in_agency AND in_status AND in_deadline AND in_channel
UNION ALL
SELECT 'group', group_code, count(*), count(*) FILTER (WHERE open), 0, 0, 0
FROM facets
WHERE in_agency AND in_status AND in_deadline AND in_channel
GROUP BY group_code
UNION ALL
SELECT 'agency', agency_code, count(*), count(*) FILTER (WHERE open), 0, 0, 0
FROM facets
WHERE in_group AND in_status AND in_deadline AND in_channel
GROUP BY agency_code
UNION ALL
SELECT 'status', status, count(*), 0, 0, 0, 0
FROM facets
WHERE in_group AND in_agency AND in_deadline AND in_channel
GROUP BY status
UNION ALL
SELECT 'deadline', deadline, count(*), 0, 0, 0, 0
FROM facets
WHERE in_group AND in_agency AND in_status AND in_channel
GROUP BY deadline
UNION ALL
SELECT 'channel', channel, count(*), 0, 0, 0, 0
FROM facets
WHERE in_group AND in_agency AND in_status AND in_deadline
GROUP BY channel
