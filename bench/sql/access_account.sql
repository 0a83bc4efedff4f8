-- An account without any grant.
INSERT INTO geoapp.account (city_code, name, email)
VALUES (:city_code, :name, md5(:name) || '@example.org')
RETURNING id
