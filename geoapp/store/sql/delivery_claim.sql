-- The next mail that is due, in this sender's hand from now on, with all that it tells; no row
-- when none is due. What another sender holds is passed over.
WITH next AS MATERIALIZED (
    SELECT city_code, id
    FROM geoapp.delivery
    WHERE state = 'waiting' AND due_at <= now()
    ORDER BY due_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE geoapp.delivery
    SET state = 'sending', claimed_at = clock_timestamp(), attempts = delivery.attempts + 1
    FROM next
    WHERE delivery.city_code = next.city_code AND delivery.id = next.id
    RETURNING delivery.*
)
SELECT claimed.city_code, claimed.id, claimed.kind, claimed.attempts, claimed.claimed_at,
       claimed.contact_id, clock_timestamp() AS now,
       contact.email_sealed, contact.language,
       contact.role = 'reporter' AND contact.complaint_id = claimed.complaint_id AS is_reporter,
       -- things may have changed since it was put here
       (contact.email_sealed IS NULL OR contact.unsubscribed_at IS NOT NULL
        OR contact.erased_at IS NOT NULL OR refusal.email_digest IS NOT NULL) AS unwanted,
       complaint.ticket, complaint.confidential, complaint.status, complaint.service_code,
       complaint.agency_code, complaint.due_at, area.name AS kelurahan_name,
       CASE WHEN own.id <> complaint.id AND NOT own.confidential THEN own.ticket END AS own_ticket,
       CASE WHEN lead.confidential = false THEN lead.ticket END AS lead_ticket,
       -- the words that are public (complaint_event_public) and no others: why it was handed over,
       -- opened again or merged stays with the staff
       CASE WHEN claimed.kind IN ('answer', 'resolved')
                THEN coalesce(nullif(event.data ->> 'text', ''), done.words)
            WHEN claimed.kind IN ('on_hold', 'rejected', 'out_of_authority')
                THEN nullif(event.data ->> 'reason', '') END AS words,
       CASE WHEN claimed.kind = 'out_of_authority'
                THEN nullif(event.data ->> 'authority', '') END AS authority,
       counted.sent, counted.unasked
FROM claimed
JOIN geoapp.contact
  ON contact.city_code = claimed.city_code AND contact.id = claimed.contact_id
JOIN geoapp.complaint
  ON complaint.city_code = claimed.city_code AND complaint.id = claimed.complaint_id
JOIN geoapp.complaint AS own
  ON own.city_code = contact.city_code AND own.id = contact.complaint_id
JOIN geoapp.complaint_event AS event
  ON event.city_code = claimed.city_code AND event.id = claimed.event_id
LEFT JOIN geoapp.complaint AS lead
       ON lead.city_code = complaint.city_code AND lead.id = complaint.duplicate_of
LEFT JOIN LATERAL geoapp.area_told(
    complaint.city_code, complaint.kelurahan_set, complaint.public_kelurahan_code) AS area ON true
LEFT JOIN geoapp.mail_refusal AS refusal
       ON refusal.city_code = contact.city_code AND refusal.email_digest = contact.email_digest
LEFT JOIN LATERAL (
    SELECT nullif(answer.data ->> 'text', '') AS words
    FROM geoapp.complaint_event AS answer
    WHERE event.status = 'resolved'
      AND answer.city_code = event.city_code AND answer.complaint_id = event.complaint_id
      AND answer.xid = event.xid AND answer.kind = 'answer' AND answer.id < event.id
      AND answer.at >= event.at - interval '1 second'
    ORDER BY answer.id DESC
    LIMIT 1
) AS done ON true
-- what this address got within a day, from whichever complaints
CROSS JOIN LATERAL (
    SELECT count(*) AS sent,
           count(*) FILTER (WHERE earlier.kind IN ('received', 'following')) AS unasked
    FROM geoapp.contact AS same
    JOIN geoapp.delivery AS earlier
      ON earlier.city_code = same.city_code AND earlier.contact_id = same.id
     AND earlier.state = 'sent'
     AND earlier.sent_at > now() - interval '1 day'
    WHERE same.city_code = contact.city_code AND same.email_digest = contact.email_digest
) AS counted
