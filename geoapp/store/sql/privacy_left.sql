-- The reports of :tickets that still hold something of their person, or were never erased; each
-- once, by the ticket of its oldest part: what geoapp.erase_report takes out, looked for.
WITH report AS (
    SELECT DISTINCT array_agg(part.id ORDER BY part.id) AS parts
    FROM unnest(cast(:tickets AS text[])) AS asked (ticket)
    CROSS JOIN LATERAL geoapp.one_report(:city, asked.ticket) AS part (id)
    GROUP BY asked.ticket
)
SELECT oldest.ticket
FROM report
JOIN geoapp.complaint AS oldest
  ON oldest.city_code = :city AND oldest.id = report.parts[1]
WHERE EXISTS (
    SELECT FROM geoapp.complaint
    WHERE complaint.city_code = :city AND complaint.id = ANY (report.parts)
      AND (NOT EXISTS (SELECT FROM geoapp.complaint_event AS event
                       WHERE event.city_code = :city AND event.complaint_id = complaint.id
                         AND event.kind = 'erased')
           OR num_nonnulls(complaint.description, complaint.landmark, complaint.observed_at,
                           complaint.accuracy_m) > 0
           OR (complaint.source IS NOT NULL OR complaint.external_id IS NOT NULL)
              AND complaint.channel NOT IN ('import', 'sp4n', 'simulation')
           OR complaint.geom IS DISTINCT FROM complaint.public_geom
           OR complaint.kelurahan_code IS DISTINCT FROM complaint.public_kelurahan_code
           OR complaint.kecamatan_code IS DISTINCT FROM complaint.public_kecamatan_code
           OR complaint.then_kelurahan_code IS DISTINCT FROM complaint.public_then_kelurahan_code
           OR complaint.then_kecamatan_code IS DISTINCT FROM complaint.public_then_kecamatan_code
           OR EXISTS (SELECT FROM geoapp.intake_key
                      WHERE intake_key.city_code = :city
                        AND intake_key.answer ->> 'ticket' = complaint.ticket))
) OR EXISTS (
    SELECT FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city AND event.complaint_id = ANY (report.parts)
      AND geoapp.without_words(event.data) <> event.data
) OR EXISTS (
    SELECT FROM geoapp.assignment
    WHERE assignment.city_code = :city AND assignment.complaint_id = ANY (report.parts)
      AND (num_nonnulls(assignment.reason, assignment.edge_distance_m, assignment.road) > 0
           OR assignment.alternatives <> '[]')
) OR EXISTS (
    SELECT FROM geoapp.complaint_sender AS sender
    WHERE sender.city_code = :city AND sender.complaint_id = ANY (report.parts)
      AND sender.person NOT LIKE 'gone:%'
) OR EXISTS (
    SELECT FROM geoapp.contact
    WHERE contact.city_code = :city AND contact.complaint_id = ANY (report.parts)
      AND contact.role = 'reporter'
      AND (contact.erased_at IS NULL
           OR EXISTS (SELECT FROM geoapp.contact_access AS access
                      WHERE access.city_code = :city AND access.contact_id = contact.id
                        AND access.purpose <> 'erased')
           OR EXISTS (SELECT FROM geoapp.delivery
                      WHERE delivery.city_code = :city AND delivery.contact_id = contact.id
                        AND (delivery.state IN ('waiting', 'sending')
                             OR delivery.problem IS NOT NULL)))
) OR EXISTS (
    SELECT FROM geoapp.rating
    WHERE rating.city_code = :city AND rating.complaint_id = ANY (report.parts)
      AND rating.words <> ''
) OR EXISTS (
    SELECT FROM geoapp.photo
    WHERE photo.city_code = :city AND photo.complaint_id = ANY (report.parts)
      AND photo.erased_at IS NULL
)
ORDER BY oldest.id
