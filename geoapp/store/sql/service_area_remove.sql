DELETE FROM geoapp.service_area
WHERE city_code = :city_code AND set_id = :set_id AND code = :code
