-- What a sender that died had in hand waits again; whether it left, nobody can say.
UPDATE geoapp.delivery
SET state = 'waiting', claimed_at = NULL, due_at = now(), uncertain = uncertain + 1,
    problem = 'cut_off'
WHERE state = 'sending'
  AND claimed_at < clock_timestamp() - make_interval(secs => :stale_s)
RETURNING id
