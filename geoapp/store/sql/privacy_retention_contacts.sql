-- Blanks the contacts of complaints that ended long ago (:heads) and of what was merged into them.
UPDATE geoapp.contact
SET name_sealed = NULL, email_sealed = NULL, phone_sealed = NULL, email_digest = NULL,
    phone_digest = NULL, language = DEFAULT, erased_at = clock_timestamp(), erased_for = 'retention'
FROM geoapp.complaint
WHERE contact.city_code = :city AND contact.erased_at IS NULL
  AND contact.created_at < now() - make_interval(days => :days)
  AND complaint.city_code = contact.city_code AND complaint.id = contact.complaint_id
  AND (complaint.id = ANY (cast(:heads AS bigint[]))
       OR complaint.duplicate_of = ANY (cast(:heads AS bigint[])))
