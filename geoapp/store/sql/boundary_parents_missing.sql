-- Parents of a set's kelurahan that no set has a name for, and kelurahan without a parent.
SELECT area.parent_code, array_agg(area.code ORDER BY area.code) AS codes
FROM geoapp.area
WHERE area.city_code = :city_code AND area.set_id = :set_id
  AND NOT EXISTS (
      SELECT FROM geoapp.area AS named
      WHERE named.city_code = area.city_code AND named.parent_code = area.parent_code
        AND named.parent_name IS NOT NULL)
GROUP BY area.parent_code
ORDER BY area.parent_code
