-- Which of these photos are still being received, in any city.
SELECT id FROM geoapp.photo WHERE id = ANY (cast(:ids AS uuid[])) AND state = 'receiving'
