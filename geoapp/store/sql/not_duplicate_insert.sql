-- Remembers that two complaints which the reader sees aren't the same; how many of them that are.
WITH named AS (
    SELECT id
    FROM geoapp.complaint_work
    WHERE city_code = :city_code AND ticket = ANY (:tickets)
), told AS (
    INSERT INTO geoapp.not_duplicate (city_code, first_id, second_id, said_by)
    SELECT :city_code, min(id), max(id), :actor
    FROM named
    HAVING count(*) = 2
    ON CONFLICT DO NOTHING
)
SELECT count(*) AS seen FROM named
