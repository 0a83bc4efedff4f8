SELECT EXISTS (SELECT FROM geoapp.account WHERE city_code = :city_code) AS there
