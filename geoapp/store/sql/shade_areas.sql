-- The areas in force with what a measure is told by: size and inhabitants; those of a kecamatan
-- are its kelurahan's together, and of inhabitants only if each has a figure.
SELECT CASE :level WHEN 'kelurahan' THEN area.code ELSE area.parent_code END AS code,
       CASE :level WHEN 'kelurahan' THEN min(area.name) ELSE min(area.parent_name) END AS name,
       sum(ST_Area(geography(area.geom))) / 1e6 AS km2,
       CASE WHEN count(figure.inhabitants) = count(*) THEN sum(figure.inhabitants) END AS inhabitants,
       min(sets.source) AS boundary_source,
       string_agg(DISTINCT concat(figure.source, ', ', figure.as_of), '; ') FILTER (
           WHERE figure.inhabitants IS NOT NULL) AS inhabitants_source
FROM geoapp.boundary_set AS sets
JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
LEFT JOIN geoapp.inhabitants AS figure
  ON figure.city_code = area.city_code AND figure.kelurahan_code = area.code
WHERE sets.city_code = :city_code AND sets.layer = 'kelurahan' AND sets.status = 'active'
  AND (:level = 'kelurahan' OR area.parent_code IS NOT NULL)
GROUP BY 1
ORDER BY 1
