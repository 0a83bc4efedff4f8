-- The figures of an agency: one row each, with numerator and denominator. The period is
-- [:since, :until), "now" is :now; nothing after :now counts. What the agency has now is
-- its own, whoever had it before. Formulas in words: geoapp/usecases/numbers.py.
--
-- The median of the first response is Kaplan and Meier's (1958): whoever still waits counts
-- as waiting longer than so far. A median of the answered alone would get better by leaving
-- the hard ones unanswered. S(t) falls by the factor (1 - answered at t / waiting at t); the
-- median is the first t with S(t) <= 1/2, and there is none while more than half wait.
--
-- What is missing counts as missed once it is late; on hold too, where it was late before.
WITH own AS MATERIALIZED (
    SELECT status, submitted_at, answer_due_at, due_at, first_response_at, handled_at,
           resolved_at, reopenings, status IN ('rejected', 'duplicate') AS set_aside,
           geoapp.deadline_state(status, due_at, :now) <> 'done' AS open,
           geoapp.is_verify_late(status, verified_at, verify_due_at, :now) AS verify_late,
           geoapp.is_answer_late(status, first_response_at, answer_due_at, :now) AS answer_late,
           geoapp.is_overdue(status, due_at, :now) AS overdue,
           status = 'on_hold' AND answer_due_at < hold_since AS answer_missed,
           status = 'on_hold' AND due_at < hold_since AS resolution_missed
    FROM geoapp.complaint_work
    WHERE city_code = :city_code AND agency_code = :agency AND submitted_at < :now
      AND (status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
           OR greatest(submitted_at, first_response_at, resolved_at, answer_due_at, due_at) >= :since)
),
received AS (
    SELECT * FROM own WHERE submitted_at >= :since AND submitted_at < :until
),
waits AS (
    SELECT extract(epoch FROM coalesce(first_response_at, :now) - submitted_at) AS seconds,
           first_response_at IS NOT NULL AS answered
    FROM received
    WHERE first_response_at IS NOT NULL OR open
),
steps AS (
    -- who was answered at a time and who waited at least until then
    SELECT seconds, count(*) FILTER (WHERE answered) AS answered,
           sum(count(*)) OVER (ORDER BY seconds DESC) AS waiting
    FROM waits
    GROUP BY seconds
),
survival AS (
    SELECT seconds,
           -- a product as a sum of logarithms; 0 once all who waited were answered
           CASE WHEN bool_or(answered = waiting) OVER so_far THEN 0
                ELSE exp(sum(ln((waiting - answered) / nullif(waiting, 0)))
                         FILTER (WHERE answered < waiting) OVER so_far) END AS share
    FROM steps
    WHERE answered > 0
    WINDOW so_far AS (ORDER BY seconds)
),
answers AS (
    SELECT *
    FROM own
    WHERE (first_response_at >= :since AND first_response_at < :until)
       OR (first_response_at IS NULL AND answer_due_at >= :since AND answer_due_at < :until
           AND (answer_late OR answer_missed
                OR (status IN ('resolved', 'closed') AND answer_due_at < :now)))
),
resolutions AS (
    SELECT *
    FROM own
    WHERE (resolved_at >= :since AND resolved_at < :until AND NOT set_aside)
       OR (resolved_at IS NULL AND due_at >= :since AND due_at < :until
           AND (overdue OR resolution_missed))
)
SELECT 'open' AS code, count(*)::float8 AS value, count(*) AS numerator, count(*) AS denominator
FROM own
WHERE open
UNION ALL
SELECT 'overdue', count(*) FILTER (WHERE overdue)::float8, count(*) FILTER (WHERE overdue), count(*)
FROM own
WHERE open
UNION ALL
SELECT 'verify_late', count(*) FILTER (WHERE verify_late)::float8,
       count(*) FILTER (WHERE verify_late), count(*)
FROM own
WHERE open
UNION ALL
SELECT 'answer_late', count(*) FILTER (WHERE answer_late)::float8,
       count(*) FILTER (WHERE answer_late), count(*)
FROM own
WHERE open
UNION ALL
SELECT 'median_first_response',
       -- 1e-9: three times two thirds times three quarters isn't exactly a half
       (SELECT min(seconds) / 3600.0 FROM survival WHERE share <= 0.5 + 1e-9)::float8,
       count(*) FILTER (WHERE answered), count(*)
FROM waits
UNION ALL
SELECT 'answered_in_time',
       count(*) FILTER (WHERE first_response_at <= answer_due_at)::float8 / nullif(count(*), 0),
       count(*) FILTER (WHERE first_response_at <= answer_due_at), count(*)
FROM answers
WHERE answer_due_at IS NOT NULL
UNION ALL
SELECT 'followed_up',
       count(*) FILTER (WHERE handled_at IS NOT NULL)::float8 / nullif(count(*), 0),
       count(*) FILTER (WHERE handled_at IS NOT NULL), count(*)
FROM received
WHERE NOT set_aside
UNION ALL
SELECT 'resolved_in_time',
       count(*) FILTER (WHERE resolved_at <= due_at)::float8 / nullif(count(*), 0),
       count(*) FILTER (WHERE resolved_at <= due_at), count(*)
FROM resolutions
UNION ALL
SELECT 'reopened',
       count(*) FILTER (WHERE reopenings > 0)::float8 / nullif(count(*), 0),
       count(*) FILTER (WHERE reopenings > 0), count(*)
FROM received
WHERE resolved_at IS NOT NULL OR reopenings > 0
