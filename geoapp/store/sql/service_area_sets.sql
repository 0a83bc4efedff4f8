-- Sets of service areas in force or staged, the one in force first, then the newest. *held*:
-- an activation is under way with it, so it must not change. Companions that an activation has
-- made for itself are nobody's draft.
SELECT sets.id, sets.version, sets.status, sets.source, sets.valid_from, sets.imported_at,
       sets.made_from, sets.imported_by, account.name AS imported_by_name, sets.sha256,
       (SELECT count(*) FROM geoapp.service_area AS area
        WHERE area.city_code = sets.city_code AND area.set_id = sets.id) AS areas,
       EXISTS (SELECT FROM geoapp.activation
               WHERE activation.city_code = sets.city_code AND activation.set_id = sets.id
                 AND activation.state IN ('deciding', 'decided', 'switched')) AS held
FROM geoapp.boundary_set AS sets
LEFT JOIN geoapp.account
  ON account.city_code = sets.city_code AND sets.imported_by = 'account:' || account.id
WHERE sets.city_code = :city_code
  AND sets.layer = 'service_area'
  AND sets.status IN ('active', 'staged')
  AND NOT EXISTS (SELECT FROM geoapp.activation
                  WHERE activation.city_code = sets.city_code
                    AND activation.companion_set = sets.id
                    AND activation.state <> 'undone' AND sets.status = 'staged')
ORDER BY sets.status, sets.id DESC
