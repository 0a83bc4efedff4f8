-- Counts one attempt in its window; how many it makes, and seconds to the window's end.
INSERT INTO geoapp.rate_window AS held (city_code, sender, window_start, hits)
VALUES (
    :city_code, :sender,
    to_timestamp(floor(extract(epoch FROM now()) / :window_s) * :window_s), 1)
ON CONFLICT (city_code, sender, window_start) DO UPDATE SET hits = held.hits + 1
RETURNING hits,
    greatest(1, ceil(extract(epoch FROM window_start) + :window_s - extract(epoch FROM now())))
        ::integer AS seconds_left
