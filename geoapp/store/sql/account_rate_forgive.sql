-- Takes one attempt back: it turned out to be the right one.
UPDATE geoapp.rate_window SET hits = hits - 1
WHERE city_code = :city_code
    AND sender = ANY (:senders)
    AND window_start = to_timestamp(floor(extract(epoch FROM now()) / :window_s) * :window_s)
    AND hits > 0
