-- How complaints stand, kept from everybody else until the transaction ends; only those that
-- the asker may change. In the order of their ids, so that two who want the same two never
-- wait for each other. The key itself stays free: others may write of it, not change it. Of a
-- duplicate its lead is kept too: what becomes of the one changes who supports the other.
SELECT id, ticket, status, version, service_code, agency_code, kelurahan_code, kecamatan_code,
       service_area_code, officer_id, confidential, duplicate_of, held_status, hold_since,
       verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at, reopenings,
       road_code, authority_offer
FROM geoapp.complaint
WHERE city_code = :city_code
  AND id = ANY (ARRAY(
      SELECT unnest(ARRAY[named.id, named.duplicate_of])
      FROM geoapp.complaint AS named
      WHERE named.city_code = :city_code AND named.ticket = ANY (:tickets)))
ORDER BY id
FOR NO KEY UPDATE
