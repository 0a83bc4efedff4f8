-- One complaint with all that belongs to it, in one answer: its history, every decision
-- about it, its relatives. Comes after: page (that one row).
SELECT page.*, area.name AS kelurahan_name, area.parent_name AS kecamatan_name,
       service_area.name AS service_area_name, officer.name AS officer_name,
       lead.ticket AS lead_ticket, origin.ticket AS origin_ticket,
       geoapp.deadline_state(
           CASE WHEN page.verified_at IS NULL THEN page.status ELSE 'closed' END,
           page.verify_due_at, :now) AS verify_state,
       geoapp.deadline_state(
           CASE WHEN page.first_response_at IS NULL THEN page.status ELSE 'closed' END,
           page.answer_due_at, :now) AS answer_state,
       history.events, decided.decisions, kin.duplicates, kin.splits, beside.road,
       pictures.photos
FROM page
LEFT JOIN LATERAL geoapp.area_told(
    page.city_code, page.kelurahan_set, page.kelurahan_code) AS area ON true
LEFT JOIN geoapp.service_area
       ON service_area.city_code = page.city_code
      AND service_area.set_id = page.service_area_set
      AND service_area.code = page.service_area_code
LEFT JOIN geoapp.account AS officer
       ON officer.city_code = page.city_code AND officer.id = page.officer_id
LEFT JOIN geoapp.complaint_work AS lead
       ON lead.city_code = page.city_code AND lead.id = page.duplicate_of
LEFT JOIN geoapp.complaint_work AS origin
       ON origin.city_code = page.city_code AND origin.id = page.split_from
LEFT JOIN LATERAL (
    -- the road that was found when it was decided, as its set has it
    SELECT jsonb_build_object(
               'code', line.code, 'name', line.name, 'ref', line.ref,
               'authority', line.authority, 'agency_code', line.agency_code,
               'distance_m', ST_Distance(ST_Transform(line.geom, city.metric_srid),
                                         ST_Transform(page.geom, city.metric_srid))) AS road
    FROM geoapp.road_line AS line
    JOIN geoapp.city ON city.code = line.city_code
    WHERE line.city_code = page.city_code AND line.set_id = page.road_set
      AND line.code = page.road_code
) AS beside ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'id', photo.id, 'width', photo.width, 'height', photo.height,
               'event_id', photo.event_id, 'private', photo.private,
               'hidden', photo.hidden_at IS NOT NULL)
               ORDER BY photo.position) AS photos
    FROM geoapp.photo
    WHERE photo.city_code = page.city_code AND photo.complaint_id = page.id
) AS pictures ON true
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', event.id, 'kind', event.kind, 'status', event.status, 'at', event.at,
               'label', event.actor, 'name', who.name, 'role', who.role, 'data', event.data)
               ORDER BY event.at, event.id), '[]') AS events
    FROM geoapp.complaint_event AS event
    LEFT JOIN LATERAL (
        SELECT account.name,
               (SELECT held.role FROM geoapp.account_grant AS held
                WHERE held.city_code = account.city_code AND held.account_id = account.id
                  AND held.revoked_at IS NULL
                ORDER BY held.id LIMIT 1) AS role
        FROM geoapp.account
        WHERE account.city_code = event.city_code
          AND account.id = substring(event.actor FROM '^account:([0-9]{1,18})$')::bigint
    ) AS who ON true
    -- taps of supporters are a figure, not a history that anybody reads
    WHERE event.city_code = page.city_code AND event.complaint_id = page.id
      AND event.kind <> 'support'
) AS history
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'decided_at', decision.decided_at,
               'label', decision.decided_by, 'name', who.name, 'role', who.role,
               'reason', decision.reason, 'method', decision.method,
               'ambiguous', decision.ambiguous, 'agency', decision.agency_code,
               'kelurahan', decision.kelurahan_code, 'kelurahan_name', won.name,
               'set_version', sets.version, 'set_approximate', sets.approximate,
               'edge_distance_m', coalesce(decision.edge_distance_m, geoapp.edge_distance(
                   decision.city_code, decision.kelurahan_set, decision.kelurahan_code,
                   page.geom, city.metric_srid)),
               'service_area', decision.service_area_code,
               'service_area_name', acting.name,
               'alternatives', (
                   SELECT coalesce(jsonb_agg(jsonb_build_object(
                              'code', other.code, 'name', coalesce(named.name, other.code))
                              ORDER BY other.code), '[]')
                   FROM jsonb_array_elements_text(decision.alternatives) AS other (code)
                   LEFT JOIN geoapp.area AS named
                          ON named.city_code = decision.city_code
                         AND named.set_id = decision.kelurahan_set
                         AND named.code = other.code))
               ORDER BY decision.id DESC), '[]') AS decisions
    FROM geoapp.assignment AS decision
    JOIN geoapp.city ON city.code = decision.city_code
    LEFT JOIN geoapp.boundary_set AS sets
           ON sets.city_code = decision.city_code AND sets.id = decision.kelurahan_set
    LEFT JOIN geoapp.area AS won
           ON won.city_code = decision.city_code AND won.set_id = decision.kelurahan_set
          AND won.code = decision.kelurahan_code
    LEFT JOIN geoapp.service_area AS acting
           ON acting.city_code = decision.city_code
          AND acting.set_id = decision.service_area_set
          AND acting.code = decision.service_area_code
    LEFT JOIN LATERAL (
        SELECT account.name,
               (SELECT held.role FROM geoapp.account_grant AS held
                WHERE held.city_code = account.city_code AND held.account_id = account.id
                  AND held.revoked_at IS NULL
                ORDER BY held.id LIMIT 1) AS role
        FROM geoapp.account
        WHERE account.city_code = decision.city_code
          AND account.id = substring(decision.decided_by FROM '^account:([0-9]{1,18})$')::bigint
    ) AS who ON true
    WHERE decision.city_code = page.city_code AND decision.complaint_id = page.id
) AS decided
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(told.relative) FILTER (WHERE told.merged), '[]') AS duplicates,
           coalesce(jsonb_agg(told.relative) FILTER (WHERE NOT told.merged), '[]') AS splits
    FROM (
        SELECT relative.duplicate_of IS NOT DISTINCT FROM page.id AS merged,
               jsonb_build_object(
                   'ticket', relative.ticket, 'status', relative.status,
                   'submitted_at', relative.submitted_at, 'service', relative.service_code,
                   'agency', relative.agency_code) AS relative
        FROM geoapp.complaint_work AS relative
        WHERE relative.city_code = page.city_code
          AND (relative.duplicate_of = page.id OR relative.split_from = page.id)
        ORDER BY relative.id
    ) AS told
) AS kin
