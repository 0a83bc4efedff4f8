-- Open complaints with a deadline still to come that was counted in working days: a day off
-- that is added or removed later doesn't move it. Each is judged by what was promised for
-- its service when it came.
SELECT count(*) AS promises
FROM geoapp.complaint
JOIN geoapp.city ON city.code = complaint.city_code
JOIN geoapp.service_version AS version
  ON version.city_code = complaint.city_code
 AND version.service_code = complaint.service_code
 AND daterange(version.valid_from, version.valid_to)
     @> (complaint.submitted_at AT TIME ZONE city.timezone)::date
WHERE complaint.city_code = :city_code
  AND complaint.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
  AND (version.clock = 'working_days' AND complaint.due_at > now()
       OR version.verify_clock = 'working_days' AND complaint.verify_due_at > now()
          AND complaint.verified_at IS NULL
       OR version.answer_clock = 'working_days' AND complaint.answer_due_at > now()
          AND complaint.first_response_at IS NULL)
