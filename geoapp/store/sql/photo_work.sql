-- What is needed to show a photo to staff; row-level security says to whom, and lets nobody have
-- one that is being erased.
SELECT photo.sha256, photo.small_sha256, photo.hidden_at, complaint.id AS complaint_id,
       complaint.ticket, complaint.agency_code, complaint.kelurahan_code,
       complaint.kecamatan_code, complaint.service_area_code
FROM geoapp.photo
JOIN geoapp.complaint_work AS complaint ON complaint.city_code = photo.city_code
                                       AND complaint.id = photo.complaint_id
WHERE photo.city_code = :city_code AND photo.id = :id
