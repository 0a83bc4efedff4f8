-- Everything that is kept of some reports, one JSON object each. Names of staff aren't in it.
SELECT jsonb_build_object(
    'ticket', complaint.ticket,
    'service', jsonb_build_object('code', service.service_code, 'name', service.name,
                                  'name_en', service.name_en),
    'description', complaint.description,
    'landmark', complaint.landmark,
    'channel', complaint.channel,
    'source', complaint.source,
    'external_id', complaint.external_id,
    'status', complaint.status,
    'submitted_at', complaint.submitted_at,
    'observed_at', complaint.observed_at,
    'due_at', complaint.due_at,
    'first_response_at', complaint.first_response_at,
    'resolved_at', complaint.resolved_at,
    'closed_at', complaint.closed_at,
    'escalated_at', complaint.escalated_at,
    'anonymous', complaint.anonymous,
    'confidential', complaint.confidential,
    'place', CASE WHEN complaint.geom IS NOT NULL THEN jsonb_build_object(
        'lon', ST_X(complaint.geom), 'lat', ST_Y(complaint.geom),
        'accuracy_m', complaint.accuracy_m,
        'shown_lon', ST_X(complaint.public_geom), 'shown_lat', ST_Y(complaint.public_geom),
        'shown_within_m', complaint.shown_within_m) END,
    'kelurahan', area.name,
    'kecamatan', area.parent_name,
    'agency', agency.name,
    'supporters', complaint.supporters,
    'browser_mark_kept', EXISTS (
        SELECT FROM geoapp.complaint_sender AS sender
        WHERE sender.city_code = complaint.city_code AND sender.complaint_id = complaint.id
          AND sender.person NOT LIKE 'gone:%'),
    'rating', (SELECT jsonb_build_object('stars', rating.stars, 'words', rating.words,
                                         'rated_at', rating.rated_at)
               FROM geoapp.rating
               WHERE rating.city_code = complaint.city_code AND rating.complaint_id = complaint.id),
    'history', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'at', event.at, 'kind', event.kind, 'status', event.status,
            'by', CASE WHEN event.actor LIKE 'account:%' THEN 'staff' ELSE event.actor END,
            'text', CASE WHEN :internal OR event.kind IN ('reply', 'answer')
                         THEN event.data ->> 'text' END,
            'reason', CASE WHEN :internal
                             OR event.status IN ('rejected', 'out_of_authority', 'on_hold')
                           THEN event.data ->> 'reason' END,
            'solved', event.data -> 'solved',
            'not_shown', CASE WHEN NOT :internal AND event.kind NOT IN ('reply', 'answer')
                               AND event.data ?| ARRAY['text', 'reason']
                               AND event.status IS DISTINCT FROM 'rejected'
                               AND event.status IS DISTINCT FROM 'out_of_authority'
                               AND event.status IS DISTINCT FROM 'on_hold' THEN true END)
            ORDER BY event.id), '[]')
        FROM geoapp.complaint_event AS event
        WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id),
    'deliveries', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'what', delivery.kind, 'state', delivery.state, 'created_at', delivery.created_at,
            'sent_at', delivery.sent_at) ORDER BY delivery.id), '[]')
        FROM geoapp.delivery
        JOIN geoapp.contact
          ON contact.city_code = delivery.city_code AND contact.id = delivery.contact_id
        WHERE delivery.city_code = complaint.city_code AND delivery.complaint_id = complaint.id
          AND contact.role = 'reporter'),
    'contact_shown', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'at', access.at,
            'to', CASE WHEN access.actor LIKE 'account:%' THEN 'staff' ELSE access.actor END,
            'purpose', CASE WHEN :internal THEN access.purpose END) ORDER BY access.id), '[]')
        FROM geoapp.contact_access AS access
        JOIN geoapp.contact
          ON contact.city_code = access.city_code AND contact.id = access.contact_id
        WHERE access.city_code = complaint.city_code AND access.complaint_id = complaint.id
          AND contact.role = 'reporter')
) AS report
FROM geoapp.complaint
LEFT JOIN LATERAL (
    SELECT version.service_code, version.name, version.name_en
    FROM geoapp.service_version AS version
    WHERE version.city_code = complaint.city_code AND version.service_code = complaint.service_code
    ORDER BY version.valid_from DESC LIMIT 1) AS service ON true
LEFT JOIN LATERAL (
    SELECT version.name
    FROM geoapp.agency_version AS version
    WHERE version.city_code = complaint.city_code AND version.agency_code = complaint.agency_code
    ORDER BY version.valid_from DESC LIMIT 1) AS agency ON true
LEFT JOIN geoapp.area
  ON area.city_code = complaint.city_code AND area.set_id = complaint.kelurahan_set
 AND area.code = complaint.kelurahan_code
WHERE complaint.city_code = :city AND complaint.ticket = ANY (cast(:tickets AS text[]))
ORDER BY complaint.submitted_at, complaint.id
