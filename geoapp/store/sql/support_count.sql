-- Counts a complaint's supporters anew; whether their number changed.
SELECT geoapp.count_supporters(:city_code, :complaint_id) AS changed
