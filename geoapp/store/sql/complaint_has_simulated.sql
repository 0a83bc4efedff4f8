-- Whether the city shows simulated complaints at all; stops at the first.
SELECT EXISTS (
    SELECT FROM geoapp.complaint_public WHERE city_code = :city_code AND simulated)
