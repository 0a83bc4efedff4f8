-- Whether a citizen's own choice of kelurahan can be right for a point: it exists, and it
-- lies near enough for the doubt there is (rough boundaries, or a rough position).
SELECT CASE
           -- a point a quarter of the earth away can't be put into the metric system
           WHEN NOT area.geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 1) THEN false
           ELSE ST_Distance(ST_Transform(area.geom, city.metric_srid),
                            ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), city.metric_srid))
                <= CASE WHEN boundary_set.approximate THEN greatest(:accuracy_m, 3000)
                        ELSE greatest(:accuracy_m, 50) END
       END AS confirmable
FROM geoapp.city
JOIN geoapp.boundary_set ON boundary_set.city_code = city.code
                        AND boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
JOIN geoapp.area ON area.city_code = city.code AND area.set_id = boundary_set.id
WHERE city.code = :city_code AND area.code = :confirmed_area
