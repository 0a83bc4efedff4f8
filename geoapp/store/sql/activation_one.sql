-- Activations of a city, the newest first: all, one (activation_id), or those under way.
SELECT activation.city_code, activation.id, activation.set_id, sets.layer, sets.version,
       activation.companion_set, activation.valid_from, activation.mapping, activation.state,
       activation.waiting, activation.looked_at, activation.moving, activation.moved,
       activation.wanted, activation.problem, activation.started_by, activation.started_at,
       activation.decided_at, activation.switched_at, activation.finished_at
FROM geoapp.activation
LEFT JOIN geoapp.boundary_set AS sets ON sets.city_code = activation.city_code
                                     AND sets.id = activation.set_id
WHERE (cast(:city_code AS text) IS NULL OR activation.city_code = :city_code)
  AND (cast(:activation_id AS bigint) IS NULL OR activation.id = :activation_id)
  AND (NOT :under_way OR activation.state IN ('deciding', 'decided', 'switched'))
ORDER BY activation.id DESC
LIMIT :at_most
