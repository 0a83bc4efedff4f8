-- What was still to be sent to contacts that are gone, and what mail servers said of them.
UPDATE geoapp.delivery
SET state = CASE WHEN delivery.state IN ('waiting', 'sending') THEN 'dropped' ELSE delivery.state END,
    claimed_at = NULL, problem = NULL
FROM geoapp.contact, geoapp.complaint
WHERE delivery.city_code = :city
  AND (delivery.state IN ('waiting', 'sending') OR delivery.problem IS NOT NULL)
  AND contact.city_code = delivery.city_code AND contact.id = delivery.contact_id
  AND contact.erased_at IS NOT NULL
  AND complaint.city_code = delivery.city_code AND complaint.id = delivery.complaint_id
  AND (complaint.id = ANY (cast(:heads AS bigint[]))
       OR complaint.duplicate_of = ANY (cast(:heads AS bigint[])))
