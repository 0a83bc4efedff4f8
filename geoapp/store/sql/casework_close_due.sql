-- Closes resolved complaints whose reporters had their working days to dispute it and didn't:
-- the oldest first, at most so many at once, leaving alone what somebody works on right now.
-- The working days are counted once for each day on which something was resolved; so many of
-- them are at least as many days, which the index finds.
WITH days AS MATERIALIZED (
    SELECT DISTINCT city.timezone, (complaint.resolved_at AT TIME ZONE city.timezone)::date AS day
    FROM geoapp.complaint
    JOIN geoapp.city ON city.code = complaint.city_code
    WHERE complaint.city_code = :city_code
      AND complaint.status = 'resolved'
      AND complaint.resolved_at < now() - make_interval(days => :days)
),
over AS MATERIALIZED (
    SELECT max((day + 1)::timestamp AT TIME ZONE timezone) AS before
    FROM days
    WHERE geoapp.working_days_after(
        :city_code, day::timestamp AT TIME ZONE timezone, :days) < now()
),
due AS MATERIALIZED (
    SELECT complaint.city_code, complaint.id
    FROM geoapp.complaint
    WHERE complaint.city_code = :city_code
      AND complaint.status = 'resolved'
      AND complaint.resolved_at < (SELECT before FROM over)
    ORDER BY complaint.resolved_at
    LIMIT :most
    FOR NO KEY UPDATE SKIP LOCKED
),
closed AS (
    UPDATE geoapp.complaint
    SET status = 'closed', closed_at = now(), updated_at = now(), version = version + 1
    FROM due
    WHERE complaint.city_code = due.city_code AND complaint.id = due.id
    RETURNING complaint.city_code, complaint.id, complaint.ticket
),
told AS (
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor, data)
    SELECT closed.city_code, closed.id, closed.ticket, 'status', 'closed', 'system',
           jsonb_build_object('undisputed_working_days', :days)
    FROM closed
    RETURNING 1
)
SELECT count(*) FROM told
