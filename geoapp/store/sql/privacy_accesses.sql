-- Who of the staff was shown whose contact, newest first.
SELECT access.id, access.at, access.actor, access.purpose, complaint.ticket,
       account.name AS actor_name
FROM geoapp.contact_access AS access
JOIN geoapp.complaint
  ON complaint.city_code = access.city_code AND complaint.id = access.complaint_id
LEFT JOIN geoapp.account
  ON account.city_code = access.city_code AND 'account:' || account.id = access.actor
WHERE access.city_code = :city
  AND (cast(:before AS bigint) IS NULL OR access.id < :before)
  AND (cast(:actor AS text) IS NULL OR access.actor = :actor)
  AND (cast(:ticket AS text) IS NULL OR complaint.ticket = :ticket)
  AND (cast(:since AS timestamptz) IS NULL OR access.at >= :since)
  AND (cast(:until AS timestamptz) IS NULL OR access.at < :until)
ORDER BY access.id DESC
LIMIT :most
