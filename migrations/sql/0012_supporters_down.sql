SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.alike_words(text[], text[]);
DROP FUNCTION geoapp.trigrams(text);
DROP FUNCTION geoapp.support(text, text, text, boolean);
DROP FUNCTION geoapp.is_erased(text, text);
DROP FUNCTION geoapp.count_supporters(text, bigint);
DROP FUNCTION geoapp.supporters_of(text, bigint);
-- A view loses a column only by being made anew.
DROP VIEW geoapp.complaint_public, geoapp.complaint_work;
ALTER TABLE geoapp.complaint DROP COLUMN supporters;
DROP TABLE geoapp.not_duplicate, geoapp.supporter, geoapp.complaint_sender;
CREATE VIEW geoapp.complaint_public AS
SELECT city_code, id, ticket, service_code, group_code,
       -- what was set aside as junk keeps its place in the counts, not its words
       CASE WHEN status <> 'rejected' THEN description END AS description,
       CASE WHEN status <> 'rejected' AND shown_within_m = 0 THEN landmark END AS landmark,
       status, submitted_at, due_at, resolved_at, closed_at, location_kind,
       public_geom AS geom, public_tile18 AS tile18, shown_within_m, kelurahan_set,
       public_kelurahan_code AS kelurahan_code, public_kecamatan_code AS kecamatan_code,
       agency_code, simulated,
       nullif(coalesce(public_then_kelurahan_code, public_kelurahan_code), '') AS then_kelurahan_code,
       nullif(coalesce(public_then_kecamatan_code, public_kecamatan_code), '') AS then_kecamatan_code
FROM geoapp.complaint
WHERE NOT confidential;
CREATE VIEW geoapp.complaint_work WITH (security_invoker = true) AS
SELECT city_code, id, ticket, version, channel, source, external_id, service_code, group_code,
       description, landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at,
       due_at, verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
       hold_since, held_status, updated_at, location_kind, geom, tile18, public_geom,
       shown_within_m, accuracy_m, kelurahan_set, kelurahan_code, kecamatan_code,
       service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
       anonymous, confidential, officer_id, duplicate_of, split_from, reopenings, simulated,
       nullif(coalesce(then_kelurahan_code, kelurahan_code), '') AS then_kelurahan_code,
       nullif(coalesce(then_kecamatan_code, kecamatan_code), '') AS then_kecamatan_code,
       road_set, road_code, authority_offer
FROM geoapp.complaint;
GRANT SELECT ON geoapp.complaint_public TO geoapp_visitor, geoapp_worker, geoapp_listener, geoapp_staff;
GRANT SELECT ON geoapp.complaint_work TO geoapp_staff, geoapp_worker;
