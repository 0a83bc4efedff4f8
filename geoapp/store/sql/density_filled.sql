-- How far the walk over all complaints of a city has come, and where it ends.
SELECT CASE WHEN state.phase = 'ready' THEN last.highest ELSE state.filled_to END AS filled_to,
       last.highest
FROM geoapp.density_state AS state
CROSS JOIN (SELECT coalesce(max(id), 0) AS highest
            FROM geoapp.complaint WHERE city_code = :city_code) AS last
WHERE state.city_code = :city_code
