-- What couldn't be delivered for days is given up; the last problem stays.
UPDATE geoapp.delivery
SET state = 'failed', problem = coalesce(problem, 'no_server'), tried_at = clock_timestamp()
WHERE state = 'waiting'
  AND created_at < clock_timestamp() - make_interval(secs => :longest_s)
RETURNING id
