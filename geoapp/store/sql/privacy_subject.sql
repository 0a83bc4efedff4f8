-- What belongs to one person: the reports named, their contacts, and whatever else has the same
-- e-mail or phone. One row per report or followed complaint, with why it is there.
WITH named AS (
    SELECT complaint.id
    FROM geoapp.complaint
    WHERE complaint.city_code = :city
      AND complaint.id IN (SELECT geoapp.one_report(:city, ticket)
                           FROM unnest(cast(:tickets AS text[])) AS ticket)
), digest AS (
    SELECT cast(:email AS text) AS email, cast(:phone AS text) AS phone
    UNION ALL
    SELECT contact.email_digest, contact.phone_digest
    FROM named
    JOIN geoapp.contact
      ON contact.city_code = :city AND contact.complaint_id = named.id
     AND contact.role = 'reporter'
    WHERE NOT :alone
), hit AS (
    SELECT DISTINCT contact.id, contact.complaint_id, contact.role, contact.created_at,
           contact.email_digest IS NOT NULL
           AND contact.email_digest IN (SELECT email FROM digest) AS by_email
    FROM geoapp.contact
    WHERE contact.city_code = :city
      AND (contact.email_digest IN (SELECT email FROM digest)
           OR contact.phone_digest IN (SELECT phone FROM digest))
)
SELECT complaint.ticket, 'reporter' AS role,
       CASE WHEN min(part.why) = 0 THEN 'ticket' WHEN min(part.why) = 1 THEN 'email' ELSE 'phone' END AS why,
       cast(NULL AS bigint) AS contact_id, cast(NULL AS timestamptz) AS created_at,
       complaint.service_code, complaint.status, complaint.submitted_at, complaint.confidential
FROM (SELECT named.id, 0 AS why FROM named
      UNION
      SELECT whole.id, CASE WHEN hit.by_email THEN 1 ELSE 2 END
      FROM hit
      JOIN geoapp.complaint ON complaint.city_code = :city AND complaint.id = hit.complaint_id
      CROSS JOIN LATERAL geoapp.one_report(:city, complaint.ticket) AS whole (id)
      WHERE hit.role = 'reporter') AS part
JOIN geoapp.complaint ON complaint.city_code = :city AND complaint.id = part.id
GROUP BY complaint.city_code, complaint.id
UNION ALL
SELECT complaint.ticket, 'follower', CASE WHEN hit.by_email THEN 'email' ELSE 'phone' END,
       hit.id, hit.created_at, complaint.service_code, complaint.status, complaint.submitted_at,
       complaint.confidential
FROM hit
JOIN geoapp.complaint ON complaint.city_code = :city AND complaint.id = hit.complaint_id
WHERE hit.role = 'follower'
ORDER BY 2 DESC, submitted_at, ticket
