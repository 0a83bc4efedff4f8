-- What became of a mail that this sender had in hand; nothing when somebody took it for dead.
UPDATE geoapp.delivery
SET state = :state,
    claimed_at = NULL,
    sent_at = CASE WHEN :state = 'sent' THEN clock_timestamp() END,
    tried_at = clock_timestamp(),
    due_at = clock_timestamp() + make_interval(secs => :again_s),
    attempts = attempts - :untried,
    uncertain = uncertain + :uncertain,
    problem = :problem
WHERE city_code = :city_code AND id = :id
  AND state = 'sending' AND claimed_at = :claimed_at
