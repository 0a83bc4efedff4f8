-- Where the feed and a city's boundaries stand now, as a page made now is told.
SELECT cast(epoch AS text) AS epoch, coalesce(cast(xid AS text), '0') AS xid, coalesce(id, 0) AS id,
       coalesce(boundaries, '') AS boundaries
FROM geoapp.feed_stands(:city_code)
