-- The areas there are, by code: name, parent, version of the newest set that has it; of_period:
-- it is in force, or (:then) was on a day of the period. A code of several sets goes by its
-- name in the newest of the period.
SELECT DISTINCT ON (told.code) told.code, told.name, told.parent, told.version, told.of_period
FROM (
    SELECT CASE :level WHEN 'kelurahan' THEN area.code ELSE area.parent_code END AS code,
           CASE :level WHEN 'kelurahan' THEN area.name ELSE area.parent_name END AS name,
           CASE :level WHEN 'kelurahan' THEN area.parent_name END AS parent,
           sets.version, sets.status, sets.valid_from, sets.id,
           CASE WHEN :then
                THEN (sets.valid_to IS NULL OR sets.valid_to > sets.valid_from)
                     AND (cast(:first AS date) IS NULL OR sets.valid_to IS NULL
                          OR sets.valid_to > cast(:first AS date))
                     AND (cast(:last AS date) IS NULL
                          OR sets.valid_from <= cast(:last AS date))
                ELSE sets.status = 'active' END AS of_period
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
    WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan'
      AND sets.status <> 'staged'
) AS told
WHERE told.code IS NOT NULL
ORDER BY told.code, told.of_period DESC, told.status = 'active' DESC,
         told.valid_from DESC NULLS LAST, told.id DESC
