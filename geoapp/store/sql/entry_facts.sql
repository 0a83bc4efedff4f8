-- What an entry is checked against: the database's clock, and who has the source's number.
SELECT now() AS now,
       (SELECT ticket
        FROM geoapp.complaint_work
        WHERE city_code = :city_code AND source = :source AND external_id = :external_id
       ) AS ticket
