-- Who changed a service area last, and when.
SELECT coalesce(account.name, event.actor) AS name, event.at
FROM geoapp.admin_event AS event
LEFT JOIN geoapp.account
  ON account.city_code = event.city_code AND event.actor = 'account:' || account.id
WHERE event.city_code = :city_code AND event.kind = 'service_areas.changed'
  AND event.subject = :code
ORDER BY event.id DESC
LIMIT 1
