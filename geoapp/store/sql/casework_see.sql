-- How a complaint stands, for whoever may read it.
SELECT id, ticket, status, version, service_code, agency_code, kelurahan_code, kecamatan_code,
       service_area_code, officer_id, confidential, duplicate_of, held_status, hold_since,
       verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at, reopenings,
       road_code, authority_offer
FROM geoapp.complaint
WHERE city_code = :city_code AND ticket = :ticket
