-- The figures that numbers and statistics are made of: one row for each key, and one (is_total)
-- for all of them. Comes after: matching (key, answer_key, resolution_key and the columns read
-- in `own`); a key is what rows are told apart by: an agency, an area, a month. A row counts
-- under answer_key where its answer is meant, under resolution_key where its resolution is:
-- those of months are the month in which it happened or was missed.
--
-- The period is [:since, :until), "now" is :now; nothing after :now counts. What is open is told
-- as it stands now, whenever it came; (:of_period) only what came in the period. Formulas in
-- words: geoapp/usecases/numbers.py.
--
-- The times to the first response are Kaplan and Meier's (1958): whoever still waits counts as
-- waiting longer than so far. Times of the answered alone would get better by leaving the hard
-- ones unanswered. S(t) falls by the factor (1 - answered at t / waiting at t); the median is
-- the first t with S(t) <= 1/2, and there is none while more than half wait; 90 % are answered
-- at the first t with S(t) <= 1/10.
--
-- What is missing counts as missed once it is late; on hold too, where it was late before.
SELECT figures.*
FROM (
    WITH own AS MATERIALIZED (
        -- '' stands for no key, so that it can be joined; codes are never empty
        SELECT coalesce(key, '') AS key, coalesce(answer_key, '') AS answer_key,
               coalesce(resolution_key, '') AS resolution_key,
               status, submitted_at, answer_due_at, due_at, first_response_at, handled_at,
               resolved_at, reopenings, status IN ('rejected', 'duplicate') AS set_aside,
               submitted_at >= :since AND submitted_at < :until AS received,
               geoapp.deadline_state(status, due_at, :now) <> 'done'
                   AND (NOT :of_period OR submitted_at >= :since AND submitted_at < :until) AS open,
               geoapp.is_verify_late(status, verified_at, verify_due_at, :now) AS verify_late,
               geoapp.is_answer_late(status, first_response_at, answer_due_at, :now) AS answer_late,
               geoapp.is_overdue(status, due_at, :now) AS overdue,
               status = 'on_hold' AND answer_due_at < hold_since AS answer_missed,
               status = 'on_hold' AND due_at < hold_since AS resolution_missed
        FROM matching
        WHERE submitted_at < :now
    ),
    waits AS (
        -- date_part's float: extract's numeric takes four times as long to make and to group
        SELECT key, date_part('epoch', coalesce(first_response_at, :now) - submitted_at) AS seconds,
               first_response_at IS NOT NULL AS answered
        FROM own
        WHERE received AND (first_response_at IS NOT NULL OR open)
    ),
    steps AS (
        -- who was answered at a time and who waited at least until then
        SELECT grouping(key) = 1 AS is_total, key, seconds,
               count(*) FILTER (WHERE answered) AS answered,
               (sum(count(*)) OVER (PARTITION BY grouping(key), key ORDER BY seconds DESC))::float8
                   AS waiting  -- floats: logarithms of numerics take ten times as long
        FROM waits
        GROUP BY GROUPING SETS ((key, seconds), (seconds))
    ),
    survival AS (
        SELECT is_total, key, seconds,
               -- a product as a sum of logarithms; 0 once all who waited were answered
               CASE WHEN bool_or(answered = waiting) OVER so_far THEN 0
                    ELSE exp(sum(ln((waiting - answered) / nullif(waiting, 0)))
                             FILTER (WHERE answered < waiting) OVER so_far) END AS share
        FROM steps
        WHERE answered > 0
        WINDOW so_far AS (PARTITION BY is_total, key ORDER BY seconds)
    ),
    times AS (
        -- 1e-9: three times two thirds times three quarters isn't exactly a half
        SELECT is_total, coalesce(key, '') AS key,
               min(seconds) FILTER (WHERE share <= 0.5 + 1e-9) AS median_response_s,
               min(seconds) FILTER (WHERE share <= 0.1 + 1e-9) AS p90_response_s
        FROM survival
        GROUP BY is_total, key
    ),
    standing AS (
        SELECT grouping(key) = 1 AS is_total, coalesce(key, '') AS key,
               count(*) FILTER (WHERE received) AS received,
               count(*) FILTER (WHERE received AND set_aside) AS set_aside,
               count(*) FILTER (WHERE open) AS open,
               count(*) FILTER (WHERE open AND overdue) AS overdue,
               count(*) FILTER (WHERE open AND verify_late) AS verify_late,
               count(*) FILTER (WHERE open AND answer_late) AS answer_late,
               min(submitted_at) FILTER (WHERE open) AS oldest_open_at,
               count(*) FILTER (WHERE received AND first_response_at IS NOT NULL) AS answered,
               count(*) FILTER (WHERE received AND (first_response_at IS NOT NULL OR open)) AS waited,
               count(*) FILTER (WHERE received AND NOT set_aside AND handled_at IS NOT NULL)
                   AS followed_up,
               count(*) FILTER (WHERE received AND NOT set_aside) AS followed_up_of,
               count(*) FILTER (WHERE received AND reopenings > 0) AS reopened,
               count(*) FILTER (WHERE received AND (resolved_at IS NOT NULL OR reopenings > 0))
                   AS reopened_of
        FROM own
        GROUP BY GROUPING SETS ((key), ())
    ),
    answers AS (
        SELECT grouping(answer_key) = 1 AS is_total, coalesce(answer_key, '') AS key,
               count(*) FILTER (WHERE first_response_at <= answer_due_at) AS answered_in_time,
               count(*) AS answered_in_time_of
        FROM own
        WHERE answer_due_at IS NOT NULL
          AND ((first_response_at >= :since AND first_response_at < :until)
               OR (first_response_at IS NULL AND answer_due_at >= :since AND answer_due_at < :until
                   AND (answer_late OR answer_missed
                        OR (status IN ('resolved', 'closed') AND answer_due_at < :now))))
        GROUP BY GROUPING SETS ((answer_key), ())
    ),
    resolutions AS (
        SELECT grouping(resolution_key) = 1 AS is_total, coalesce(resolution_key, '') AS key,
               count(*) FILTER (WHERE resolved_at <= due_at) AS resolved_in_time,
               count(*) AS resolved_in_time_of
        FROM own
        WHERE (resolved_at >= :since AND resolved_at < :until AND NOT set_aside)
           OR (resolved_at IS NULL AND due_at >= :since AND due_at < :until
               AND (overdue OR resolution_missed))
        GROUP BY GROUPING SETS ((resolution_key), ())
    )
    SELECT is_total, nullif(key, '') AS key,
           coalesce(received, 0) AS received, coalesce(set_aside, 0) AS set_aside,
           coalesce(open, 0) AS open, coalesce(overdue, 0) AS overdue,
           coalesce(verify_late, 0) AS verify_late, coalesce(answer_late, 0) AS answer_late,
           oldest_open_at, median_response_s, p90_response_s,
           coalesce(answered, 0) AS answered, coalesce(waited, 0) AS waited,
           coalesce(answered_in_time, 0) AS answered_in_time,
           coalesce(answered_in_time_of, 0) AS answered_in_time_of,
           coalesce(followed_up, 0) AS followed_up, coalesce(followed_up_of, 0) AS followed_up_of,
           coalesce(resolved_in_time, 0) AS resolved_in_time,
           coalesce(resolved_in_time_of, 0) AS resolved_in_time_of,
           coalesce(reopened, 0) AS reopened, coalesce(reopened_of, 0) AS reopened_of
    FROM standing
    FULL JOIN answers USING (is_total, key)
    FULL JOIN resolutions USING (is_total, key)
    FULL JOIN times USING (is_total, key)
) AS figures
ORDER BY is_total DESC, key NULLS LAST
