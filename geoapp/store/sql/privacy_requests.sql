-- Requests, newest first, with the name of the account that did them; breaches with their number.
SELECT request.id, request.kind, request.at, request.actor, request.reason, request.data,
       account.name AS actor_name,
       CASE WHEN request.kind = 'breach' THEN (
           SELECT count(*) FROM geoapp.privacy_request AS earlier
           WHERE earlier.city_code = request.city_code AND earlier.kind = 'breach'
             AND earlier.id <= request.id) END AS number
FROM geoapp.privacy_request AS request
LEFT JOIN geoapp.account
  ON account.city_code = request.city_code AND 'account:' || account.id = request.actor
WHERE request.city_code = :city
  AND (cast(:before AS bigint) IS NULL OR request.id < :before)
  AND (cast(:kind AS text) IS NULL OR request.kind = :kind)
ORDER BY request.id DESC
LIMIT :most
