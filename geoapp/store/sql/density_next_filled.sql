-- The next complaints of the walk over all of them, by place: neighbours share cells, so that a
-- batch touches few.
SELECT complaint.id, complaint.tile18
FROM geoapp.complaint
WHERE complaint.city_code = :city_code AND complaint.location_kind = 'point'
  AND complaint.tile18 >= :filled_tile
  AND (complaint.tile18 > :filled_tile OR complaint.id > :filled_to)
ORDER BY complaint.tile18, complaint.id
LIMIT :most
