-- Another random mark for every person of complaints that ended long ago (:heads): each person's
-- everywhere in one family (a complaint and what was merged into it) the same, so that counts
-- stay; one row tells how many marks went.
WITH member AS MATERIALIZED (
    SELECT complaint.id, coalesce(complaint.duplicate_of, complaint.id) AS head
    FROM geoapp.complaint
    WHERE complaint.city_code = :city
      AND (complaint.id = ANY (cast(:heads AS bigint[]))
           OR complaint.duplicate_of = ANY (cast(:heads AS bigint[])))
), instead AS MATERIALIZED (
    SELECT known.head, known.person, 'gone:' || gen_random_uuid() AS mark
    FROM (SELECT member.head, sender.person
          FROM member
          JOIN geoapp.complaint_sender AS sender
            ON sender.city_code = :city AND sender.complaint_id = member.id
          WHERE sender.person NOT LIKE 'gone:%'
          UNION
          SELECT member.head, supporter.person
          FROM member
          JOIN geoapp.supporter
            ON supporter.city_code = :city AND supporter.complaint_id = member.id
          WHERE supporter.person NOT LIKE 'gone:%') AS known
), senders AS (
    UPDATE geoapp.complaint_sender AS sender SET person = instead.mark
    FROM member JOIN instead ON instead.head = member.head
    WHERE sender.city_code = :city AND sender.complaint_id = member.id
      AND sender.person = instead.person
    RETURNING 1
), supporters AS (
    UPDATE geoapp.supporter SET person = instead.mark
    FROM member JOIN instead ON instead.head = member.head
    WHERE supporter.city_code = :city AND supporter.complaint_id = member.id
      AND supporter.person = instead.person
    RETURNING 1
)
SELECT (SELECT count(*) FROM senders) + (SELECT count(*) FROM supporters) AS marks
