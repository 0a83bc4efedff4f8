-- Complaints with a point that lies in no area in force.
SELECT count(*) FROM geoapp.complaint
WHERE city_code = :city_code AND location_kind = 'point' AND assignment_method = 'outside'
