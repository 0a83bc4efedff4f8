-- How many complaints the accounts' grants of the time let them read, as they stand now, and how
-- many people of these can be told. Reading itself leaves no trace; contacts aside.
SELECT count(*) AS complaints,
       count(*) FILTER (WHERE complaint.confidential) AS confidential,
       count(*) FILTER (WHERE complaint.anonymous) AS anonymous,
       coalesce(array_agg(contact.id ORDER BY contact.id) FILTER (
           WHERE num_nonnulls(contact.email_sealed, contact.phone_sealed) > 0
             AND (:everybody OR complaint.ticket = ANY (cast(:tickets AS text[])))),
           '{}') AS contacts,
       count(*) FILTER (WHERE num_nonnulls(contact.email_sealed, contact.phone_sealed) > 0)
           AS reachable
FROM geoapp.complaint
LEFT JOIN geoapp.contact
  ON contact.city_code = complaint.city_code AND contact.complaint_id = complaint.id
 AND contact.role = 'reporter'
WHERE complaint.city_code = :city AND complaint.submitted_at < :until
  AND (complaint.ticket = ANY (cast(:tickets AS text[]))
       OR EXISTS (
          SELECT FROM geoapp.account_grant AS held
          WHERE held.city_code = complaint.city_code
            AND held.account_id = ANY (cast(:accounts AS bigint[]))
            AND held.granted_at < :until
            AND (held.revoked_at IS NULL OR held.revoked_at >= :since)
            AND (held.agency_code IS NULL OR held.agency_code = complaint.agency_code)
            AND (cardinality(held.kelurahan_codes || held.kecamatan_codes
                             || held.service_area_codes) = 0
                 OR complaint.kelurahan_code = ANY (held.kelurahan_codes)
                 OR complaint.kecamatan_code = ANY (held.kecamatan_codes)
                 OR complaint.service_area_code = ANY (held.service_area_codes))))
