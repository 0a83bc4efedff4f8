-- How far an activation has come. starts: the moment a new set of kelurahan begins to hold,
-- where it takes the place of another.
SELECT activation.state, activation.set_id, activation.companion_set, activation.valid_from,
       activation.mapping, activation.decided_through, activation.decided_beyond,
       activation.applied_through, activation.halfway, activation.applied_beyond,
       cast(activation.seen_xid AS text) AS seen_xid, activation.looked_at,
       activation.moving, activation.moved, activation.started_by, sets.layer, sets.version,
       array_remove(ARRAY[activation.set_id, activation.companion_set], NULL) AS staged,
       CASE WHEN sets.layer = 'kelurahan' AND EXISTS (
                SELECT FROM geoapp.boundary_set AS other
                WHERE other.city_code = sets.city_code AND other.layer = sets.layer
                  AND other.id <> sets.id AND other.status <> 'staged')
            THEN activation.valid_from::timestamp AT TIME ZONE city.timezone END AS starts
FROM geoapp.activation
JOIN geoapp.city ON city.code = activation.city_code
LEFT JOIN geoapp.boundary_set AS sets ON sets.city_code = activation.city_code
                                     AND sets.id = activation.set_id
WHERE activation.city_code = :city_code AND activation.id = :activation_id
