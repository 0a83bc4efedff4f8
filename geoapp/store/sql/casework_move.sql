-- Writes how a complaint stands after a step, and moves its deadlines: by the pause that
-- ends (each by its own clock, unless it was met), or to a full target from now (the
-- resolution, and what was never met). The promise is the one in force when the complaint
-- came; a full target is what is promised now. No row comes back when it isn't the version
-- that was planned for.
UPDATE geoapp.complaint AS stored
SET status = :status,
    version = stored.version + CASE WHEN :stays THEN 1 ELSE 0 END,
    officer_id = :officer_id,
    confidential = :confidential,
    duplicate_of = :duplicate_of,
    held_status = :held_status,
    hold_since = :hold_since,
    verified_at = :verified_at,
    assigned_at = :assigned_at,
    first_response_at = :first_response_at,
    handled_at = :handled_at,
    resolved_at = :resolved_at,
    closed_at = :closed_at,
    reopenings = :reopenings,
    authority_offer = :authority_offer,
    updated_at = :now,
    verify_due_at = CASE
        WHEN stored.verified_at IS NOT NULL THEN stored.verify_due_at
        WHEN :clock = 'resume' THEN geoapp.resumed_due(
            stored.city_code, before.verify_clock, stored.verify_due_at, stored.hold_since, :now)
        WHEN :clock = 'restart' THEN coalesce(before.verify_anew, stored.verify_due_at)
        ELSE stored.verify_due_at END,
    answer_due_at = CASE
        WHEN stored.first_response_at IS NOT NULL THEN stored.answer_due_at
        WHEN :clock = 'resume' THEN geoapp.resumed_due(
            stored.city_code, before.answer_clock, stored.answer_due_at, stored.hold_since, :now)
        WHEN :clock = 'restart' THEN coalesce(before.answer_anew, stored.answer_due_at)
        ELSE stored.answer_due_at END,
    due_at = CASE :clock
        WHEN 'resume' THEN geoapp.resumed_due(
            stored.city_code, before.clock, stored.due_at, stored.hold_since, :now)
        WHEN 'restart' THEN coalesce(before.due_anew, stored.due_at)
        ELSE stored.due_at END
FROM (
    SELECT complaint.city_code, complaint.id, complaint.verify_due_at, complaint.answer_due_at,
           complaint.due_at, complaint.hold_since, promise.clock, promise.verify_clock,
           promise.answer_clock, anew.verify_due_at AS verify_anew,
           anew.answer_due_at AS answer_anew, anew.due_at AS due_anew
    FROM geoapp.complaint
    JOIN geoapp.city ON city.code = complaint.city_code
    LEFT JOIN geoapp.service_version AS promise
      ON promise.city_code = complaint.city_code
     AND promise.service_code = complaint.service_code
     AND daterange(promise.valid_from, promise.valid_to)
         @> (complaint.submitted_at AT TIME ZONE city.timezone)::date
    LEFT JOIN LATERAL geoapp.deadlines(
        complaint.city_code, complaint.service_code, :now) AS anew ON :clock = 'restart'
    WHERE complaint.city_code = :city_code AND complaint.id = :id
) AS before
WHERE stored.city_code = before.city_code
  AND stored.id = before.id
  AND stored.version = :version
RETURNING before.hold_since, before.verify_due_at AS verify_before, stored.verify_due_at AS verify_after,
          before.answer_due_at AS answer_before, stored.answer_due_at AS answer_after,
          before.due_at AS due_before, stored.due_at AS due_after
