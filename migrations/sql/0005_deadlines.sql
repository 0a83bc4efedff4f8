-- Deadlines: what a service promises for verification and first answer, both clocks without
-- a horizon, and what a pause moves. docs/deadlines.md explains them with examples.
SET LOCAL lock_timeout = '5s';

-- The national standard of SP4N-LAPOR!: passed on within 3 working days, answered within 5.
-- clock and target, which were there before, are those of the resolution.
ALTER TABLE geoapp.service_version
    ADD COLUMN verify_clock text NOT NULL DEFAULT 'working_days'
        CHECK (verify_clock IN ('hours', 'working_days')),
    ADD COLUMN verify_target integer NOT NULL DEFAULT 3 CHECK (verify_target > 0),
    ADD COLUMN answer_clock text NOT NULL DEFAULT 'working_days'
        CHECK (answer_clock IN ('hours', 'working_days')),
    ADD COLUMN answer_target integer NOT NULL DEFAULT 5 CHECK (answer_target > 0);

-- Days from Monday to Friday since the first of January of year 1 (a Monday), the day
-- itself included: weekdays are counted by arithmetic, only holidays are looked up.
CREATE FUNCTION geoapp.weekdays_through(p_day date)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (p_day - date '0001-01-01') / 7 * 5 + least((p_day - date '0001-01-01') % 7 + 1, 5)
$$;

-- The day on which so many weekdays are full: the inverse of weekdays_through().
CREATE FUNCTION geoapp.weekday_at(p_number integer)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date '0001-01-01' + (p_number - 1) / 5 * 7 + (p_number - 1) % 5
$$;

-- A day ends at 23:59:59 in the city's zone.
CREATE FUNCTION geoapp.end_of_day(p_timezone text, p_day date)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ((p_day + 1)::timestamp AT TIME ZONE p_timezone) - interval '1 second'
$$;

-- A city's holidays by their number among the weekdays, in order; those on a weekend take
-- nothing away.
CREATE FUNCTION geoapp.weekday_holidays(p_city text)
RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(geoapp.weekdays_through(day) ORDER BY day), '{}')
    FROM geoapp.holiday
    WHERE city_code = p_city AND extract(isodow FROM day) < 6
$$;

-- The number among the weekdays of the n-th working day after weekday p_start: each holiday
-- up to there pushes it on by one. No horizon that a long run of holidays could fall off.
CREATE FUNCTION geoapp.working_weekday(p_holidays integer[], p_start integer, p_days integer)
RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    reached integer := p_start + p_days;
    -- holidays up to and including the start lie behind
    next integer := width_bucket(p_start, p_holidays) + 1;
BEGIN
    WHILE p_holidays[next] <= reached LOOP
        reached := reached + 1;
        next := next + 1;
    END LOOP;
    RETURN reached;
END $$;

-- When a target that starts at p_from runs out. Clock hours simply pass; working days skip
-- weekends and holidays and end with the n-th day after that of p_from. Without a subselect,
-- so that it becomes part of the statement that asks and the holidays are read once in it.
CREATE FUNCTION geoapp.runs_out(
    p_timezone text, p_holidays integer[], p_clock text, p_target integer, p_from timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE p_clock
        WHEN 'hours' THEN p_from + make_interval(hours => p_target)
        ELSE geoapp.end_of_day(p_timezone, geoapp.weekday_at(geoapp.working_weekday(
            p_holidays, geoapp.weekdays_through((p_from AT TIME ZONE p_timezone)::date), p_target)))
    END
$$;

-- The end of the n-th working day (n >= 1) after the day of p_at.
CREATE FUNCTION geoapp.working_days_after(p_city text, p_at timestamptz, p_days integer)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT geoapp.runs_out(
        city.timezone, geoapp.weekday_holidays(p_city), 'working_days', p_days, p_at)
    FROM geoapp.city
    WHERE city.code = p_city AND p_days > 0
$$;

-- How many working days end in [p_from, p_to): what a pause takes. A moment up to the
-- end of a day (23:59:59) lies before that end, so a whole second less a microsecond on
-- tells the first day whose end is still to come.
CREATE FUNCTION geoapp.working_days_ending(p_city text, p_from timestamptz, p_to timestamptz)
RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT greatest(0, geoapp.weekdays_through(days.next_day - 1)
                       - geoapp.weekdays_through(days.first_day - 1) - (
               SELECT count(*)::integer
               FROM geoapp.holiday
               WHERE holiday.city_code = p_city
                 AND holiday.day >= days.first_day AND holiday.day < days.next_day
                 AND extract(isodow FROM holiday.day) < 6))
    FROM geoapp.city
    CROSS JOIN LATERAL (
        SELECT ((p_from + interval '999999 microseconds') AT TIME ZONE city.timezone)::date AS first_day,
               ((p_to + interval '999999 microseconds') AT TIME ZONE city.timezone)::date AS next_day
        OFFSET 0
    ) AS days
    WHERE city.code = p_city
$$;

-- As in 0001, but working days no longer end with its horizon of 3 x target + 60 days.
CREATE OR REPLACE FUNCTION geoapp.due_at(
    p_city text, p_clock text, p_target integer, p_from timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE p_clock
        WHEN 'hours' THEN geoapp.runs_out(NULL, NULL, 'hours', p_target, p_from)
        ELSE geoapp.working_days_after(p_city, p_from, p_target)
    END
$$;

-- A deadline after a pause in [p_held_since, p_resumed_at). Clock hours: as much later as
-- the pause was long. Working days: as many working days later as ended in the pause; none
-- for a pause within one day or of less than an hour (a moment at midnight costs no day), and
-- right too when the deadline had passed before.
CREATE FUNCTION geoapp.resumed_due(
    p_city text, p_clock text, p_due_at timestamptz, p_held_since timestamptz,
    p_resumed_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_due_at IS NULL OR p_held_since IS NULL OR p_resumed_at <= p_held_since THEN p_due_at
        WHEN p_clock = 'hours' THEN p_due_at + (p_resumed_at - p_held_since)
        WHEN p_resumed_at < p_held_since + interval '1 hour' THEN p_due_at
        -- no row, so NULL, where no working day ended in the pause
        ELSE least(
            coalesce(
                geoapp.working_days_after(
                    p_city, p_due_at,
                    geoapp.working_days_ending(p_city, p_held_since, p_resumed_at)),
                p_due_at),
            -- late at the hold, late when it goes on: a deadline in the middle of a day (an
            -- import's) would gain the rest of that day
            CASE WHEN p_due_at < p_held_since THEN p_resumed_at - interval '1 second' END)
    END
$$;

-- The three deadlines of a complaint about p_service that comes at p_at, by the version of
-- the service in force on that day. No row for an unknown service.
CREATE FUNCTION geoapp.deadlines(p_city text, p_service text, p_at timestamptz)
RETURNS TABLE (verify_due_at timestamptz, answer_due_at timestamptz, due_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT geoapp.runs_out(city.timezone, city.holidays, version.verify_clock, version.verify_target, p_at),
           geoapp.runs_out(city.timezone, city.holidays, version.answer_clock, version.answer_target, p_at),
           geoapp.runs_out(city.timezone, city.holidays, version.clock, version.target, p_at)
    FROM (
        SELECT code, timezone, (SELECT geoapp.weekday_holidays(p_city)) AS holidays
        FROM geoapp.city
    ) AS city
    JOIN geoapp.service_version AS version
      ON version.city_code = city.code AND version.service_code = p_service
     AND daterange(version.valid_from, version.valid_to) @> (p_at AT TIME ZONE city.timezone)::date
    WHERE city.code = p_city
$$;

-- A moment and an interval make a moment of the session's zone, which is no constant: while
-- these claimed to be immutable the planner left them calls that no index serves.
ALTER FUNCTION geoapp.is_due_soon(text, timestamptz, timestamptz) STABLE;
ALTER FUNCTION geoapp.deadline_state(text, timestamptz, timestamptz) STABLE;

-- Verification and first answer are late by the rule of the resolution, until they happen.
-- Inlined like it.
CREATE FUNCTION geoapp.is_verify_late(
    p_status text, p_verified_at timestamptz, p_verify_due_at timestamptz, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_verified_at IS NULL AND geoapp.is_overdue(p_status, p_verify_due_at, p_at)
$$;
CREATE FUNCTION geoapp.is_answer_late(
    p_status text, p_first_response_at timestamptz, p_answer_due_at timestamptz, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_first_response_at IS NULL AND geoapp.is_overdue(p_status, p_answer_due_at, p_at)
$$;

-- What is open already gets the two deadlines that weren't kept before.
UPDATE geoapp.complaint
SET verify_due_at = due.verify_due_at, answer_due_at = due.answer_due_at
FROM geoapp.complaint AS stored
CROSS JOIN LATERAL geoapp.deadlines(
    stored.city_code, stored.service_code, stored.submitted_at) AS due
WHERE complaint.city_code = stored.city_code
  AND complaint.id = stored.id
  AND stored.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
