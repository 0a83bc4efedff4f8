-- Removes cells in which nothing is counted any more.
WITH totals AS (
    DELETE FROM geoapp.density_total
    WHERE city_code = :city_code AND open_count = 0 AND done_count = 0 AND other_count = 0
)
DELETE FROM geoapp.density_cell WHERE city_code = :city_code AND count = 0
