-- What a step on a locked complaint has to know besides. The moment is read here, after the
-- lock was waited for: nothing that was done meanwhile lies in its future.
SELECT clock_timestamp() AS now,
       ARRAY(SELECT version.agency_code
             FROM geoapp.agency_version AS version
             WHERE version.city_code = city.code
               AND daterange(version.valid_from, version.valid_to)
                   @> (now() AT TIME ZONE city.timezone)::date) AS agencies,
       (SELECT coalesce(jsonb_object_agg(template.id, template.body), '{}')
        FROM geoapp.answer_template AS template
        WHERE template.city_code = city.code
          AND template.retired_at IS NULL
          AND (template.agency_code = complaint.agency_code OR template.agency_code IS NULL)
       ) AS templates,
       (SELECT jsonb_build_object(
                   'id', account.id, 'name', account.name,
                   'grants', coalesce(jsonb_agg(to_jsonb(account_grant)), '[]'))
        FROM geoapp.account
        JOIN geoapp.account_grant ON account_grant.city_code = account.city_code
                                 AND account_grant.account_id = account.id
                                 AND account_grant.revoked_at IS NULL
        WHERE account.city_code = city.code AND account.id = :officer AND account.active
        GROUP BY account.id, account.name) AS officer,
       last.actor, last.kind, last.status, last.at, last.name,
       merged.data AS merged, lead.ticket AS lead_ticket
FROM geoapp.complaint
JOIN geoapp.city ON city.code = complaint.city_code
LEFT JOIN LATERAL (
    SELECT event.actor, event.kind, event.status, event.at, account.name
    FROM geoapp.complaint_event AS event
    LEFT JOIN geoapp.account ON account.city_code = event.city_code
                            AND 'account:' || account.id = event.actor
    WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id
      AND event.kind <> 'support'
    ORDER BY event.id DESC
    LIMIT 1) AS last ON true
LEFT JOIN LATERAL (
    SELECT event.data
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id
      AND event.kind = 'merged' AND event.data ? 'status_before'
    ORDER BY event.id DESC
    LIMIT 1) AS merged ON complaint.status = 'duplicate'
LEFT JOIN geoapp.complaint AS lead ON lead.city_code = complaint.city_code
                                  AND lead.id = complaint.duplicate_of
WHERE complaint.city_code = :city_code AND complaint.id = :id
