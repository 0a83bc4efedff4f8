-- How far the feed has been looked through, kept from everybody else until the transaction ends.
SELECT cast(xid AS text) AS xid, event_id
FROM geoapp.notice_cursor
WHERE city_code = :city_code
FOR UPDATE
