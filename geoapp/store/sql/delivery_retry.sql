-- Lets wait again what was given up lately; as if it had just come, for the days it may wait.
UPDATE geoapp.delivery
SET state = 'waiting', due_at = now(), attempts = 0, created_at = now()
WHERE state = 'failed'
  AND tried_at > now() - make_interval(hours => :hours)
RETURNING id
