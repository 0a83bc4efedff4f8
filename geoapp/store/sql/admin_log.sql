-- What was changed by whom, newest first, below an entry's number.
SELECT event.id, event.at, event.actor, account.name AS actor_name, event.kind, event.subject,
       subject.name AS subject_name, event.data
FROM geoapp.admin_event AS event
LEFT JOIN geoapp.account
       ON account.city_code = event.city_code
      AND event.actor = 'account:' || account.id
LEFT JOIN geoapp.account AS subject
       ON subject.city_code = event.city_code
      AND event.subject = 'account:' || subject.id
WHERE event.city_code = :city_code
  AND event.id < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY event.id DESC
LIMIT :at_most
