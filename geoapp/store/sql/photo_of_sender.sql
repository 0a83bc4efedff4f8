-- Every photo of a complaint, for whoever has proven to be its sender.
SELECT id, width, height, event_id, private, hidden, sha256, small_sha256
FROM geoapp.photos_of_sender(:city_code, :ticket)
