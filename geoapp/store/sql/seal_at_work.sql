-- For how many seconds complaints have been coming in; null while there are none. By the
-- moment of each decision, which is the server's: an event may tell of a letter of last
-- month. What was loaded doesn't count: that may be long before a city begins its work.
SELECT cast(extract(epoch FROM clock_timestamp() - min(decided_at)) AS float8)
FROM geoapp.assignment
WHERE city_code = :city AND decided_by NOT IN ('import', 'simulation')
