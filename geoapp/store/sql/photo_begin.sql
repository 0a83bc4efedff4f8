-- A place for a photo of so many bytes; the id is drawn by the database.
INSERT INTO geoapp.photo (city_code, length) VALUES (:city_code, :length) RETURNING id
