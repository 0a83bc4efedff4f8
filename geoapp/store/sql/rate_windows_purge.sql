-- Rate windows that are over, of all cities.
DELETE FROM geoapp.rate_window
WHERE (city_code, sender, window_start) IN (
    SELECT city_code, sender, window_start
    FROM geoapp.rate_window
    WHERE window_start < :before
    LIMIT :batch)
