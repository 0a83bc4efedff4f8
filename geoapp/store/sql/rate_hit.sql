-- Counts one submission in the sender's window; how many it makes, and seconds to its end.
-- Zeros, and nothing counted, when its Idempotency-Key is held for the very same body.
WITH hit AS (
    INSERT INTO geoapp.rate_window AS held (city_code, sender, window_start, hits)
    SELECT
        :city_code, :sender,
        to_timestamp(floor(extract(epoch FROM now()) / :window_s) * :window_s), 1
    WHERE NOT EXISTS (
        SELECT FROM geoapp.intake_key
        WHERE city_code = :city_code AND key = :key AND body_sha256 = :body_sha256)
    ON CONFLICT (city_code, sender, window_start) DO UPDATE SET hits = held.hits + 1
    RETURNING hits,
        ceil(extract(epoch FROM window_start) + :window_s - extract(epoch FROM now()))::integer
            AS seconds_left
)
SELECT coalesce(max(hits), 0) AS hits, coalesce(max(seconds_left), 0) AS seconds_left FROM hit
