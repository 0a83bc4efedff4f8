-- The same for whoever runs the server: each is noted as read by the system.
WITH concerned AS (
    SELECT contact.id AS contact_id, contact.complaint_id, complaint.ticket, contact.role,
           contact.language, contact.name_sealed, contact.email_sealed, contact.phone_sealed
    FROM geoapp.privacy_request AS request
    CROSS JOIN LATERAL jsonb_array_elements_text(request.data -> 'contacts') AS wanted (id)
    JOIN geoapp.contact
      ON contact.city_code = request.city_code AND contact.id = cast(wanted.id AS bigint)
    JOIN geoapp.complaint
      ON complaint.city_code = contact.city_code AND complaint.id = contact.complaint_id
    WHERE request.city_code = :city AND request.id = :id AND request.kind = 'breach'
      AND contact.erased_at IS NULL
), noted AS (
    INSERT INTO geoapp.contact_access (city_code, contact_id, complaint_id, actor, purpose)
    SELECT :city, contact_id, complaint_id, 'system',
           'breach notice ' || (SELECT count(*) FROM geoapp.privacy_request AS earlier
                                WHERE earlier.city_code = :city AND earlier.kind = 'breach'
                                  AND earlier.id <= :id)
    FROM concerned
)
SELECT contact_id, ticket, role, language, name_sealed, email_sealed, phone_sealed
FROM concerned ORDER BY ticket, contact_id
