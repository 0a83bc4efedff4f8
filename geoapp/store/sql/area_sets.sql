-- The sets of kelurahan that figures are counted by: the one in force, or (:then) every one
-- that was valid on a day of the period, the oldest first.
SELECT sets.id, sets.version, sets.source, sets.approximate, sets.valid_from, sets.valid_to
FROM geoapp.boundary_set AS sets
WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan'
  AND CASE WHEN :then
           THEN sets.status <> 'staged'
                AND (sets.valid_to IS NULL OR sets.valid_to > sets.valid_from)
                AND (cast(:first AS date) IS NULL OR sets.valid_to IS NULL
                     OR sets.valid_to > cast(:first AS date))
                AND (cast(:last AS date) IS NULL OR sets.valid_from <= cast(:last AS date))
           ELSE sets.status = 'active' END
ORDER BY sets.valid_from, sets.id
