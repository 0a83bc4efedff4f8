-- How the outbox stands; nothing about anybody.
SELECT waiting, oldest_s, sent_day, failed_day, dropped_day, uncertain_day, last_problem,
       last_problem_at, in_trouble
FROM geoapp.mail_state()
