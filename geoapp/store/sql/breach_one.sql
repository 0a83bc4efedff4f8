-- A recorded breach by its number: breaches of a city are counted by themselves, from 1.
SELECT request.id, request.kind, request.at, request.actor, request.reason, request.data,
       account.name AS actor_name, numbered.number
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number
      FROM geoapp.privacy_request
      WHERE city_code = :city AND kind = 'breach') AS numbered
JOIN geoapp.privacy_request AS request
  ON request.city_code = :city AND request.id = numbered.id
LEFT JOIN geoapp.account
  ON account.city_code = request.city_code AND 'account:' || account.id = request.actor
WHERE numbered.number = :number
