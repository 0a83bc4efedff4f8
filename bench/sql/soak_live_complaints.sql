-- Each complaint as it stands, with every agency that ever had it.
SELECT complaint.ticket, complaint.confidential, complaint.agency_code,
       ARRAY(SELECT DISTINCT assignment.agency_code FROM geoapp.assignment
             WHERE assignment.city_code = complaint.city_code
               AND assignment.complaint_id = complaint.id) AS agencies
FROM geoapp.complaint
