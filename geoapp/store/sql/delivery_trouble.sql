-- What keeps mails from leaving, on the one that would leave first.
UPDATE geoapp.delivery
SET problem = :problem, tried_at = clock_timestamp()
FROM (SELECT city_code, id
      FROM geoapp.delivery
      WHERE state = 'waiting' AND due_at <= now()
      ORDER BY due_at, id
      LIMIT 1
      FOR UPDATE SKIP LOCKED) AS next
WHERE delivery.city_code = next.city_code AND delivery.id = next.id
