-- Where the complaints go that an activation moves, with what each area is called.
SELECT counted.from_code, before.name AS from_name, counted.to_code, after.name AS to_name,
       counted.count
FROM (
    SELECT from_kelurahan AS from_code, kelurahan_code AS to_code, kelurahan_set,
           count(*) AS count
    FROM geoapp.pending_decision
    WHERE city_code = :city_code AND activation_id = :activation_id AND moves
    GROUP BY 1, 2, 3
) AS counted
LEFT JOIN geoapp.area AS after
  ON after.city_code = :city_code AND after.set_id = counted.kelurahan_set
 AND after.code = counted.to_code
LEFT JOIN LATERAL (
    SELECT area.name
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
                    AND area.code = counted.from_code
    WHERE sets.city_code = :city_code AND sets.status <> 'staged'
    ORDER BY sets.status = 'active' DESC, sets.id DESC
    LIMIT 1
) AS before ON true
ORDER BY counted.count DESC, counted.from_code, counted.to_code
