-- Which browser sent the complaint that this transaction stores.
INSERT INTO geoapp.complaint_sender (city_code, complaint_id, person)
VALUES (:city_code, :complaint_id, :person)
