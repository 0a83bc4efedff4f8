-- Removes up to :most rows of each kind that an earlier count left; how many went.
WITH counted AS (
    DELETE FROM geoapp.density_counted
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM geoapp.density_counted
                            WHERE city_code = :city_code LIMIT :most))
    RETURNING 1
),
totals AS (
    DELETE FROM geoapp.density_total
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM geoapp.density_total
                            WHERE city_code = :city_code LIMIT :most))
    RETURNING 1
),
cells AS (
    DELETE FROM geoapp.density_cell
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM geoapp.density_cell
                            WHERE city_code = :city_code LIMIT :most))
    RETURNING 1
),
marks AS (
    DELETE FROM geoapp.density_mark WHERE city_code = :city_code RETURNING 1
)
SELECT (SELECT count(*) FROM counted) + (SELECT count(*) FROM totals)
     + (SELECT count(*) FROM cells) + (SELECT count(*) FROM marks)
