-- How many complaints the accounts' grants of the time let them read at some moment of it, and how
-- many people of these can be told: where each lay then, by its decisions and its history, against
-- what was granted then. Where that leaves a doubt the complaint counts. Reading itself leaves no
-- trace; contacts aside.
WITH granted AS (
    -- each grant for as long as it was held within the span
    SELECT held.agency_code, held.kelurahan_codes, held.kecamatan_codes, held.service_area_codes,
           cardinality(held.kelurahan_codes || held.kecamatan_codes
                       || held.service_area_codes) = 0 AS everywhere,
           greatest(held.granted_at, :since) AS starts,
           least(coalesce(held.revoked_at, 'infinity'), :until) AS ends
    FROM geoapp.account_grant AS held
    WHERE held.city_code = :city AND held.account_id = ANY (cast(:accounts AS bigint[]))
      AND held.granted_at < :until AND (held.revoked_at IS NULL OR held.revoked_at > :since)
),
decided AS (
    SELECT decision.complaint_id, decision.agency_code, decision.kelurahan_code,
           area.parent_code AS kecamatan_code,
           -- a decision by hand names no service area: the complaint keeps one it had
           CASE WHEN decision.method = 'manual'
                THEN array_agg(decision.service_area_code) OVER so_far
                ELSE ARRAY[decision.service_area_code] END AS service_areas,
           decision.decided_at AS starts,
           coalesce(lead(decision.decided_at) OVER in_order, 'infinity') AS ends
    FROM geoapp.assignment AS decision
    LEFT JOIN geoapp.area
      ON area.city_code = decision.city_code AND area.set_id = decision.kelurahan_set
     AND area.code = decision.kelurahan_code
    WHERE decision.city_code = :city
    WINDOW in_order AS (PARTITION BY decision.complaint_id ORDER BY decision.id),
           so_far AS (PARTITION BY decision.complaint_id ORDER BY decision.id
                      ROWS UNBOUNDED PRECEDING)
),
moved AS (
    SELECT event.complaint_id, event.at,
           coalesce(event.data ->> 'agency_from', event.data #>> '{from,agency}') AS agency_from,
           coalesce(event.data ->> 'agency_to', event.data #>> '{to,agency}') AS agency_to,
           coalesce(lag(event.at) OVER in_order, '-infinity') AS before,
           coalesce(lead(event.at) OVER in_order, 'infinity') AS after
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = :city AND event.kind = 'assignment'
    WINDOW in_order AS (PARTITION BY event.complaint_id ORDER BY event.at, event.id)
),
told AS (
    -- the history tells agencies: with each of them, wherever the complaint ever lay
    SELECT complaint_id, agency_from AS agency_code, before AS starts, at AS ends FROM moved
    UNION ALL
    SELECT complaint_id, agency_to, at, after FROM moved
),
placed AS (
    SELECT * FROM decided
    UNION ALL
    SELECT told.complaint_id, told.agency_code, somewhere.kelurahan_code,
           somewhere.kecamatan_code, somewhere.service_areas, told.starts, told.ends
    FROM told
    JOIN decided AS somewhere USING (complaint_id)
    WHERE told.agency_code IS NOT NULL
    UNION ALL
    -- as it stands: since its last decision, or since it came
    SELECT complaint.id, complaint.agency_code, complaint.kelurahan_code,
           complaint.kecamatan_code, ARRAY[complaint.service_area_code],
           coalesce(last.starts, complaint.submitted_at), 'infinity'
    FROM geoapp.complaint
    LEFT JOIN (SELECT complaint_id, max(starts) AS starts FROM decided GROUP BY complaint_id)
        AS last ON last.complaint_id = complaint.id
    WHERE complaint.city_code = :city
),
reached AS (
    SELECT DISTINCT placed.complaint_id
    FROM placed
    JOIN granted
      ON placed.starts < granted.ends AND placed.ends > granted.starts
     AND (granted.agency_code IS NULL OR granted.agency_code = placed.agency_code)
     AND (granted.everywhere
          OR placed.kelurahan_code = ANY (granted.kelurahan_codes)
          OR placed.kecamatan_code = ANY (granted.kecamatan_codes)
          OR placed.service_areas && granted.service_area_codes)
)
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
WHERE complaint.city_code = :city
  AND (complaint.ticket = ANY (cast(:tickets AS text[]))
       OR complaint.submitted_at < :until
          AND complaint.id IN (SELECT complaint_id FROM reached))
