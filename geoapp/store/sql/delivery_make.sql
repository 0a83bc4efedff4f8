-- Puts one row into the outbox for every contact that is to be told of one of the next events of
-- a city, at most :most of them after the cursor, in feed order; and moves the cursor past them.
-- Nothing at or above the oldest running transaction is read: a lower event may still commit
-- there. An event that was looked at before makes nothing again (delivery_once).
WITH page AS MATERIALIZED (
    SELECT event.city_code, event.id, event.xid, event.complaint_id, event.kind, event.status,
           event.at, event.actor, event.data
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city_code
      AND (event.xid, event.id) > (cast(:xid AS xid8), :event_id)
      AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY event.xid, event.id
    LIMIT :most
),
told AS (
    SELECT page.city_code, page.id, page.complaint_id, page.at, complaint.confidential,
           CASE
               WHEN page.kind = 'submitted' THEN 'received'
               WHEN page.kind = 'contact' AND page.data ->> 'new_address' = 'true' THEN
                   CASE WHEN page.data ->> 'role' = 'reporter' THEN 'received'
                        ELSE 'following' END
               WHEN page.kind = 'merged' AND page.status = 'duplicate' THEN 'duplicate'
               WHEN page.kind = 'unmerged' THEN 'unmerged'
               WHEN page.kind = 'status' AND before.status = 'on_hold'
                    AND page.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'reopened')
                   THEN 'resumed'
               -- a team that can't do it gives it back: the same agency has it all the while
               WHEN page.kind = 'status' AND page.status = 'assigned'
                    AND before.status = 'in_progress' AND NOT beside.moved THEN NULL
               WHEN page.kind = 'status' AND page.status IN
                    ('verified', 'assigned', 'in_progress', 'on_hold', 'rejected',
                     'out_of_authority', 'resolved', 'reopened', 'closed') THEN page.status
               -- what was done is told with the status that it leads to
               WHEN page.kind = 'answer' AND NOT beside.resolved THEN 'answer'
               WHEN page.kind = 'assignment' AND page.data ? 'agency_to' AND NOT beside.assigned
                   THEN 'assigned'
           END AS kind
    FROM page
    JOIN geoapp.complaint
      ON complaint.city_code = page.city_code AND complaint.id = page.complaint_id
    LEFT JOIN LATERAL (
        SELECT earlier.status
        FROM geoapp.complaint_event AS earlier
        WHERE page.kind = 'status'
          AND earlier.city_code = page.city_code AND earlier.complaint_id = page.complaint_id
          AND earlier.id < page.id AND earlier.status IS NOT NULL
        ORDER BY earlier.id DESC
        LIMIT 1
    ) AS before ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(other.status = 'resolved'), false) AS resolved,
               coalesce(bool_or(other.status = 'assigned'), false) AS assigned,
               coalesce(bool_or(other.kind = 'assignment'), false) AS moved
        FROM geoapp.complaint_event AS other
        WHERE other.city_code = page.city_code AND other.complaint_id = page.complaint_id
          AND other.xid = page.xid AND other.id <> page.id
          -- after a restore many transactions have one number
          AND other.at BETWEEN page.at - interval '1 second' AND page.at + interval '1 second'
    ) AS beside
),
-- Whose complaint it is or who follows it; and who sent or follows what was merged into it.
reached AS (
    SELECT DISTINCT ON (told.id, told.kind, contact.email_digest)
           told.city_code, told.complaint_id, told.id AS event_id, contact.id AS contact_id,
           told.kind
    FROM told
    JOIN LATERAL (
        SELECT own.id, 0 AS distance
        FROM geoapp.complaint AS own
        WHERE own.city_code = told.city_code AND own.id = told.complaint_id
        UNION ALL
        SELECT merged.id, 1
        FROM geoapp.complaint AS merged
        WHERE merged.city_code = told.city_code AND merged.duplicate_of = told.complaint_id
          AND told.kind NOT IN ('received', 'following')
    ) AS concerned ON true
    JOIN geoapp.contact
      ON contact.city_code = told.city_code AND contact.complaint_id = concerned.id
    WHERE told.kind IS NOT NULL
      AND contact.email_digest IS NOT NULL
      AND contact.unsubscribed_at IS NULL
      AND contact.erased_at IS NULL
      AND (NOT told.confidential OR (concerned.distance = 0 AND contact.role = 'reporter'))
      AND CASE told.kind
              WHEN 'received' THEN contact.role = 'reporter'
              -- the first event of this kind after the contact came is its own
              WHEN 'following' THEN contact.role = 'follower' AND contact.created_at <= told.at
                  AND NOT EXISTS (
                      SELECT FROM geoapp.complaint_event AS sooner
                      WHERE sooner.city_code = told.city_code
                        AND sooner.complaint_id = told.complaint_id
                        AND sooner.kind = 'contact' AND sooner.id < told.id
                        AND sooner.data ->> 'role' = 'follower'
                        AND sooner.at >= contact.created_at)
              ELSE contact.created_at <= told.at
          END
      AND NOT EXISTS (
          SELECT FROM geoapp.mail_refusal
          WHERE mail_refusal.city_code = told.city_code
            AND mail_refusal.email_digest = contact.email_digest)
    ORDER BY told.id, told.kind, contact.email_digest, concerned.distance, contact.role DESC
),
made AS (
    INSERT INTO geoapp.delivery (city_code, complaint_id, event_id, contact_id, kind)
    SELECT city_code, complaint_id, event_id, contact_id, kind
    FROM reached
    ORDER BY event_id, contact_id
    ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING
    RETURNING 1
),
moved AS (
    UPDATE geoapp.notice_cursor
    SET xid = last.xid, event_id = last.id
    FROM (SELECT xid, id FROM page ORDER BY xid DESC, id DESC LIMIT 1) AS last
    WHERE notice_cursor.city_code = :city_code
)
SELECT (SELECT count(*) FROM page) AS looked, (SELECT count(*) FROM made) AS made
