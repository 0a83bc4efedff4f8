-- The reply that this transaction has just written.
SELECT geoapp.reply_written(:city_code, :ticket) AS event_id
