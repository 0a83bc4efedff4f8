-- Where the complaints lie that an activation moves: one by one.
SELECT ST_X(complaint.geom) AS lon, ST_Y(complaint.geom) AS lat, complaint.ticket,
       pending.from_kelurahan AS from_code, pending.kelurahan_code AS to_code
FROM geoapp.pending_decision AS pending
JOIN geoapp.complaint ON complaint.city_code = pending.city_code
                     AND complaint.id = pending.complaint_id
WHERE pending.city_code = :city_code AND pending.activation_id = :activation_id
  AND pending.moves AND complaint.geom IS NOT NULL
ORDER BY pending.complaint_id
LIMIT :at_most
