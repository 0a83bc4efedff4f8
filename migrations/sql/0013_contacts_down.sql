SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.sender_view(text, text);
DROP FUNCTION geoapp.reply_written(text, text);
DROP FUNCTION geoapp.record_rating(text, text, integer, text);
DROP FUNCTION geoapp.record_escalation(text, text);
DROP FUNCTION geoapp.may_rate(text, timestamptz, timestamptz);
DROP FUNCTION geoapp.may_escalate(text, timestamptz, timestamptz, timestamptz, timestamptz);
DROP FUNCTION geoapp.rating_days();
DROP FUNCTION geoapp.own_contact(text, text);
DROP FUNCTION geoapp.keep_contact(
    text, text, text, bytea, bytea, bytea, text, text, text, boolean, boolean);
DROP FUNCTION geoapp.read_contact(text, text, text);
DROP FUNCTION geoapp.contact_standing(text, text);
DROP FUNCTION geoapp.knows_reporter(text, boolean, text, text, text, text);
DROP VIEW geoapp.complaint_work;
ALTER TABLE geoapp.city DROP COLUMN ombudsman;
ALTER TABLE geoapp.complaint DROP COLUMN escalated_at;
DROP TABLE geoapp.rating, geoapp.mail_refusal, geoapp.contact_access, geoapp.contact;
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
       road_set, road_code, authority_offer, supporters
FROM geoapp.complaint;
GRANT SELECT ON geoapp.complaint_work TO geoapp_staff, geoapp_worker;
