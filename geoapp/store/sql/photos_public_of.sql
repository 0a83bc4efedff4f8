-- The photos everybody may see of some complaints, in their order.
SELECT ticket, id, width, height
FROM geoapp.photo_public
WHERE city_code = :city_code AND ticket = ANY (cast(:tickets AS text[]))
ORDER BY ticket, position
