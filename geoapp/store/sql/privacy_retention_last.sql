-- For how many seconds a city's retention hasn't been gone through; null when it never was.
SELECT cast(extract(epoch FROM clock_timestamp() - max(at)) AS float8)
FROM geoapp.privacy_request
WHERE city_code = :city AND kind = 'retention'
