SET LOCAL lock_timeout = '5s';
ALTER FUNCTION geoapp.is_due_soon(text, timestamptz, timestamptz) IMMUTABLE;
ALTER FUNCTION geoapp.deadline_state(text, timestamptz, timestamptz) IMMUTABLE;
DROP FUNCTION geoapp.is_verify_late(text, timestamptz, timestamptz, timestamptz);
DROP FUNCTION geoapp.is_answer_late(text, timestamptz, timestamptz, timestamptz);
DROP FUNCTION geoapp.deadlines(text, text, timestamptz);
DROP FUNCTION geoapp.resumed_due(text, text, timestamptz, timestamptz, timestamptz);
-- as 0001 made it
CREATE OR REPLACE FUNCTION geoapp.due_at(
    p_city text, p_clock text, p_target integer, p_from timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE p_clock
        WHEN 'hours' THEN p_from + make_interval(hours => p_target)
        ELSE (
            SELECT ((working.day + 1)::timestamp AT TIME ZONE city.timezone) - interval '1 second'
            FROM geoapp.city
            CROSS JOIN LATERAL (
                SELECT days.day
                FROM (
                    SELECT (p_from AT TIME ZONE city.timezone)::date + step AS day
                    FROM generate_series(1, p_target * 3 + 60) AS step
                ) AS days
                WHERE extract(isodow FROM days.day) < 6
                  AND NOT EXISTS (
                      SELECT FROM geoapp.holiday
                      WHERE holiday.city_code = p_city AND holiday.day = days.day)
                ORDER BY days.day
                OFFSET p_target - 1 LIMIT 1
            ) AS working
            WHERE city.code = p_city)
    END
$$;
DROP FUNCTION geoapp.working_days_ending(text, timestamptz, timestamptz);
DROP FUNCTION geoapp.working_days_after(text, timestamptz, integer);
DROP FUNCTION geoapp.runs_out(text, integer[], text, integer, timestamptz);
DROP FUNCTION geoapp.working_weekday(integer[], integer, integer);
DROP FUNCTION geoapp.weekday_holidays(text);
DROP FUNCTION geoapp.end_of_day(text, date);
DROP FUNCTION geoapp.weekday_at(integer);
DROP FUNCTION geoapp.weekdays_through(date);
ALTER TABLE geoapp.service_version
    DROP COLUMN verify_clock, DROP COLUMN verify_target,
    DROP COLUMN answer_clock, DROP COLUMN answer_target;
UPDATE geoapp.complaint SET verify_due_at = NULL, answer_due_at = NULL;
