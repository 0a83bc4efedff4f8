-- How a complaint stands, for its reporter's reply; locked until the transaction ends.
SELECT status, version, disputed_until, at
FROM geoapp.reply_standing(:city_code, :ticket)
