-- Blanks a follower's contact; one row, how many there were.
WITH gone AS (
    UPDATE geoapp.contact
    SET name_sealed = NULL, email_sealed = NULL, phone_sealed = NULL, email_digest = NULL,
        phone_digest = NULL, language = DEFAULT, erased_at = clock_timestamp(),
        erased_for = 'request'
    FROM geoapp.complaint
    WHERE contact.city_code = :city AND contact.role = 'follower' AND contact.erased_at IS NULL
      AND contact.created_at = :created_at
      AND complaint.city_code = contact.city_code AND complaint.id = contact.complaint_id
      AND complaint.ticket = :ticket
    RETURNING contact.id
), dropped AS (
    UPDATE geoapp.delivery
    SET state = CASE WHEN delivery.state IN ('waiting', 'sending') THEN 'dropped'
                     ELSE delivery.state END,
        claimed_at = NULL, problem = NULL
    FROM gone
    WHERE delivery.city_code = :city AND delivery.contact_id = gone.id
)
SELECT count(*) FROM gone
