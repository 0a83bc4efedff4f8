-- Whether the city knows an agency.
SELECT code FROM geoapp.agency WHERE city_code = :city_code AND code = :agency
