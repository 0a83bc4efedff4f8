-- The areas of a set as SVG paths in the city's metric CRS, and the box they lie in. Relative
-- whole metres: half as long as decimals, and a hundredth of a pixel on a small map.
SELECT drawn.code,
       ST_AsSVG(drawn.shape, 1, 0) AS path,
       floor(ST_XMin(ST_Extent(drawn.shape) OVER ())) AS west,
       ceil(ST_XMax(ST_Extent(drawn.shape) OVER ())) AS east,
       floor(ST_YMin(ST_Extent(drawn.shape) OVER ())) AS south,
       ceil(ST_YMax(ST_Extent(drawn.shape) OVER ())) AS north
FROM (
    SELECT CASE :level WHEN 'kelurahan' THEN area.code ELSE area.parent_code END AS code,
           ST_Transform(ST_Union(area.display_geom), city.metric_srid) AS shape
    FROM geoapp.area
    JOIN geoapp.city ON city.code = area.city_code
    WHERE area.city_code = :city_code AND area.set_id = :set_id
    GROUP BY 1, city.metric_srid
) AS drawn
WHERE drawn.code IS NOT NULL
ORDER BY drawn.code
