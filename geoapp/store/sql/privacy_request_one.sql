-- One request.
SELECT request.id, request.kind, request.at, request.actor, request.reason, request.data,
       account.name AS actor_name
FROM geoapp.privacy_request AS request
LEFT JOIN geoapp.account
  ON account.city_code = request.city_code AND 'account:' || account.id = request.actor
WHERE request.city_code = :city AND request.id = :id
