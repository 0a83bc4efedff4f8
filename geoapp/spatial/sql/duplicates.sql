-- Open complaints that are likely the same, two by two, the most alike first: of one group,
-- within the wider of their services' radii, the newer one recent. Under the reader's own
-- row-level security.
-- The complaints in question come by an index on the moment; they are compared with each other
-- alone, where they fall into the same or a neighbouring cell of a grid as wide as the radius
-- (a power of two, so that there are few grids), because operators of places may use no index
-- under row-level security. Positions are metres in the city's plane.
-- A pile on the very same coordinates is a geocoder's default, not one problem told many times.
WITH sent AS MATERIALIZED (
    SELECT complaint.id, complaint.group_code, complaint.service_code, complaint.submitted_at,
           complaint.split_from, complaint.geom, city.metric_srid,
           -- by the key, one by one: joined, the planner reads the complaints once per service
           (SELECT version.duplicate_radius_m
            FROM geoapp.service_version AS version
            WHERE version.city_code = complaint.city_code
              AND version.service_code = complaint.service_code
              AND daterange(version.valid_from, version.valid_to)
                  @> cast(now() AT TIME ZONE city.timezone AS date)) AS radius_m
    FROM geoapp.complaint_work AS complaint
    JOIN geoapp.city ON city.code = complaint.city_code
    WHERE complaint.city_code = :city_code
      AND complaint.location_kind = 'point'
      AND complaint.status IN
          ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
      AND complaint.submitted_at >= :oldest
), put AS MATERIALIZED (
    SELECT sent.*, ST_Transform(sent.geom, sent.metric_srid) AS point
    FROM sent
    WHERE sent.radius_m > 0
), fresh AS MATERIALIZED (
    SELECT id, group_code, service_code, submitted_at, split_from, radius_m,
           cast(ceil(ln(radius_m) / ln(2)) AS bigint) AS grid, ST_X(point) AS x, ST_Y(point) AS y,
           count(*) OVER (PARTITION BY ST_X(point), ST_Y(point)) AS piled
    FROM put
), grids AS (
    SELECT DISTINCT grid FROM fresh
), celled AS MATERIALIZED (
    -- one number names a cell: its grid, then how far east and north it lies
    SELECT fresh.*,
           (cast(floor(x / 2 ^ grids.grid) AS bigint) * 16777216
            + cast(floor(y / 2 ^ grids.grid) AS bigint)) * 16 + grids.grid AS cell
    FROM fresh
    CROSS JOIN grids
    WHERE fresh.piled <= :pile
), around AS MATERIALIZED (
    SELECT fresh.*,
           ((cast(floor(x / 2 ^ grid) AS bigint) + sideways) * 16777216
            + cast(floor(y / 2 ^ grid) AS bigint) + upwards) * 16 + grid AS cell
    FROM fresh
    CROSS JOIN generate_series(-1, 1) AS sideways
    CROSS JOIN generate_series(-1, 1) AS upwards
    WHERE fresh.piled <= :pile
), pairs AS (
    SELECT one.id AS one_id, other.id AS other_id, away.distance_m, apart.hours,
           one.service_code = other.service_code AS same_service,
           1 - away.distance_m / one.radius_m AS nearness,
           1 - least(1, apart.hours / (24.0 * :recent_days)) AS closeness
    FROM around AS one
    JOIN celled AS other ON other.cell = one.cell
    CROSS JOIN LATERAL (
        SELECT sqrt((one.x - other.x) ^ 2 + (one.y - other.y) ^ 2) AS distance_m) AS away
    CROSS JOIN LATERAL (
        SELECT abs(extract(epoch FROM one.submitted_at - other.submitted_at)) / 3600 AS hours) AS apart
    -- each pair once: from the one that looks further
    WHERE (one.radius_m, -one.id) > (other.radius_m, -other.id)
      AND other.group_code = one.group_code
      AND away.distance_m <= one.radius_m
      AND greatest(one.submitted_at, other.submitted_at) >= :recent
      -- parts of one complaint are different by what somebody decided
      AND one.split_from IS DISTINCT FROM other.id
      AND other.split_from IS DISTINCT FROM one.id
      AND (one.split_from IS NULL OR one.split_from IS DISTINCT FROM other.split_from)
      AND NOT EXISTS (
          SELECT FROM geoapp.not_duplicate AS told
          WHERE told.city_code = :city_code
            AND told.first_id = least(one.id, other.id)
            AND told.second_id = greatest(one.id, other.id))
), chosen AS (
    -- words are compared of those that may come first by what costs nothing
    SELECT pairs.*, count(*) OVER () AS found
    FROM pairs
    ORDER BY nearness + closeness + CASE WHEN same_service THEN 1 ELSE 0 END DESC, one_id, other_id
    LIMIT :compared
)
SELECT least(one_id, other_id) AS first_id, greatest(one_id, other_id) AS second_id,
       distance_m, cast(hours AS double precision) AS hours, same_service, told.words, found,
       cast(0.35 * nearness + 0.2 * closeness + 0.3 * told.words
            + CASE WHEN same_service THEN 0.15 ELSE 0 END AS double precision) AS likeness
FROM chosen
JOIN geoapp.complaint_work AS one ON one.city_code = :city_code AND one.id = chosen.one_id
JOIN geoapp.complaint_work AS other ON other.city_code = :city_code AND other.id = chosen.other_id
CROSS JOIN LATERAL (
    SELECT geoapp.alike_words(geoapp.trigrams(concat_ws(' ', one.description, one.landmark)),
                              geoapp.trigrams(concat_ws(' ', other.description, other.landmark))
           ) AS words) AS told
ORDER BY likeness DESC, first_id, second_id
LIMIT :most
