-- Everything about a complaint that its sender may know.
SELECT geoapp.sender_view(:city_code, :ticket) AS told
