-- Sealed contacts: the reporters' of some tickets, and followers' by number.
SELECT complaint.ticket, contact.role, contact.language, contact.created_at,
       contact.unsubscribed_at, contact.erased_at, contact.name_sealed, contact.email_sealed,
       contact.phone_sealed,
       (SELECT count(*) FROM geoapp.delivery
        WHERE delivery.city_code = contact.city_code AND delivery.contact_id = contact.id
          AND delivery.state = 'sent') AS mails,
       EXISTS (SELECT FROM geoapp.mail_refusal AS refusal
               WHERE refusal.city_code = contact.city_code
                 AND refusal.email_digest = contact.email_digest) AS refused
FROM geoapp.contact
JOIN geoapp.complaint
  ON complaint.city_code = contact.city_code AND complaint.id = contact.complaint_id
WHERE contact.city_code = :city
  AND (contact.id = ANY (cast(:followers AS bigint[]))
       OR (contact.role = 'reporter' AND complaint.ticket = ANY (cast(:tickets AS text[]))))
ORDER BY contact.created_at, contact.id
