-- The switch itself: the old set ends the day the new one begins, or that very day.
WITH staged AS (
    SELECT city_code, id, layer, cast(:valid_from AS date) AS starts
    FROM geoapp.boundary_set
    WHERE city_code = :city_code AND id = :set_id AND status = 'staged'
),
retired AS (
    UPDATE geoapp.boundary_set AS old
    SET status = 'retired', valid_to = greatest(staged.starts, old.valid_from)
    FROM staged
    WHERE old.city_code = staged.city_code AND old.layer = staged.layer AND old.status = 'active'
    RETURNING old.id
)
SELECT staged.id, (SELECT id FROM retired) AS retired_id FROM staged
