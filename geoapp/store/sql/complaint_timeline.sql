-- What happened to one public complaint, oldest first. That it was merged names the complaint
-- it goes on with; of several times only the last, for the others are over.
SELECT event.kind, event.status, event.at, event.words, event.authority,
       CASE WHEN event.id = max(event.id) FILTER (WHERE event.status = 'duplicate') OVER ()
            THEN merged.lead END AS lead,
       (SELECT jsonb_agg(jsonb_build_object(
                   'id', photo.id, 'width', photo.width, 'height', photo.height)
                   ORDER BY photo.position)
        FROM geoapp.photo_public AS photo
        WHERE photo.city_code = event.city_code AND photo.ticket = event.ticket
          AND photo.event_id = event.id) AS photos
FROM geoapp.complaint_event_public AS event
LEFT JOIN geoapp.complaint_lead_public AS merged
       ON merged.city_code = event.city_code AND merged.ticket = event.ticket
WHERE event.city_code = :city_code AND event.ticket = :ticket
ORDER BY event.at, event.id
