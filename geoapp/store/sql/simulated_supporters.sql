-- Gives about one in four open simulated complaints one to nine supporters, by its ticket.
WITH added AS (
    INSERT INTO geoapp.supporter (city_code, complaint_id, person, supported_at)
    SELECT complaint.city_code, complaint.id, 'simulated ' || n, complaint.submitted_at
    FROM geoapp.complaint
    CROSS JOIN LATERAL (SELECT abs(hashtext(complaint.ticket)) AS drawn) AS dice
    CROSS JOIN LATERAL generate_series(1, CASE dice.drawn / 11 % 4
        WHEN 0 THEN 1 + dice.drawn / 44 % 9 % (1 + dice.drawn / 400 % 9) ELSE 0 END) AS n
    WHERE complaint.city_code = :city_code
      AND complaint.simulated
      AND NOT complaint.confidential
      AND complaint.duplicate_of IS NULL
      AND complaint.status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
    ON CONFLICT DO NOTHING
    RETURNING city_code, complaint_id
)
UPDATE geoapp.complaint
SET supporters = counted.supporters
FROM (SELECT city_code, complaint_id, count(*) AS supporters
      FROM added GROUP BY city_code, complaint_id) AS counted
WHERE complaint.city_code = counted.city_code AND complaint.id = counted.complaint_id
