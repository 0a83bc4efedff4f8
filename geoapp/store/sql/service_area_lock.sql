-- The set, for whoever means to change it: others wait, and so does an activation that begins.
SELECT status, layer,
       EXISTS (SELECT FROM geoapp.activation
               WHERE activation.city_code = sets.city_code
                 AND sets.id IN (activation.set_id, activation.companion_set)
                 AND activation.state IN ('deciding', 'decided', 'switched')) AS held
FROM geoapp.boundary_set AS sets
WHERE city_code = :city_code AND id = :set_id
FOR UPDATE
