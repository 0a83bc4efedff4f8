-- The two kelurahan with the most open work of one agency: where its field officer sees something.
SELECT kelurahan_code
FROM geoapp.complaint
WHERE city_code = :city_code
    AND agency_code = :agency_code
    AND kelurahan_code IS NOT NULL
    AND status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
GROUP BY kelurahan_code
ORDER BY count(*) DESC, kelurahan_code
LIMIT 2
