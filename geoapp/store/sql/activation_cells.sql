-- The same as counts on a grid of side_m metres in the city's metric CRS, at the cells' middles.
SELECT ST_X(middle.geom) AS lon, ST_Y(middle.geom) AS lat, cell.count
FROM (
    SELECT ST_SnapToGrid(ST_Transform(complaint.geom, city.metric_srid), :side_m) AS corner,
           city.metric_srid, count(*) AS count
    FROM geoapp.city
    JOIN geoapp.pending_decision AS pending ON pending.city_code = city.code
    JOIN geoapp.complaint ON complaint.city_code = pending.city_code
                         AND complaint.id = pending.complaint_id
    WHERE city.code = :city_code AND pending.activation_id = :activation_id
      AND pending.moves AND complaint.geom IS NOT NULL
    GROUP BY 1, 2
) AS cell
CROSS JOIN LATERAL (
    SELECT ST_Transform(ST_SetSRID(cell.corner, cell.metric_srid), 4326) AS geom
) AS middle
ORDER BY cell.count DESC, lon, lat
LIMIT :at_most
