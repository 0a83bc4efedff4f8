-- What the overview counts, on the city's day.
SELECT
    (SELECT count(*) FROM geoapp.account
     WHERE city_code = :city_code AND kind = 'person' AND active) AS people,
    (SELECT count(*) FROM geoapp.account
     WHERE city_code = :city_code AND kind = 'person' AND active
       AND password_hash IS NULL) AS invited,
    (SELECT count(*) FROM geoapp.account
     WHERE city_code = :city_code AND kind = 'machine' AND active) AS machines,
    (SELECT count(DISTINCT agency_code) FROM geoapp.agency_version
     WHERE city_code = :city_code
       AND daterange(valid_from, valid_to) @> cast(:day AS date)) AS agencies,
    (SELECT count(DISTINCT service_code) FROM geoapp.service_version
     WHERE city_code = :city_code
       AND daterange(valid_from, valid_to) @> cast(:day AS date)) AS services,
    (SELECT count(*) FROM geoapp.holiday
     WHERE city_code = :city_code
       AND extract(year FROM day) = extract(year FROM cast(:day AS date)) + 1)
        AS holidays_next_year
