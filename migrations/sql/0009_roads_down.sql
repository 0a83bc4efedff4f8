SET LOCAL lock_timeout = '5s';

DROP VIEW geoapp.complaint_work;
ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction',
         'reply', 'officer', 'deadline', 'merged', 'unmerged', 'split')) NOT VALID;
ALTER TABLE geoapp.pending_decision
    DROP COLUMN road_set,
    DROP COLUMN road_code,
    DROP COLUMN road,
    DROP COLUMN authority_offer;
ALTER TABLE geoapp.assignment DROP COLUMN road;
ALTER TABLE geoapp.complaint
    DROP COLUMN road_set,
    DROP COLUMN road_code,
    DROP COLUMN authority_offer;
CREATE VIEW geoapp.complaint_work WITH (security_invoker = true) AS
SELECT city_code, id, ticket, version, channel, source, external_id, service_code, group_code,
       description, landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at,
       due_at, verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
       hold_since, held_status, updated_at, location_kind, geom, tile18, public_geom,
       shown_within_m, accuracy_m, kelurahan_set, kelurahan_code, kecamatan_code,
       service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
       anonymous, confidential, officer_id, duplicate_of, split_from, reopenings, simulated,
       nullif(coalesce(then_kelurahan_code, kelurahan_code), '') AS then_kelurahan_code,
       nullif(coalesce(then_kecamatan_code, kecamatan_code), '') AS then_kecamatan_code
FROM geoapp.complaint;
GRANT SELECT ON geoapp.complaint_work TO geoapp_staff, geoapp_worker;

DROP FUNCTION geoapp.refresh_road_statistics();
DROP FUNCTION geoapp.feed_stands(text);
DROP FUNCTION geoapp.boundaries_stand();
DROP FUNCTION geoapp.road_offer_kept(text, text, bigint, text, jsonb);
DROP FUNCTION geoapp.road_offer(text, bigint, text, geometry);
DROP FUNCTION geoapp.road_at(text, bigint, geometry, integer, integer);
DROP TABLE geoapp.road_segment;
DROP TABLE geoapp.road_line;
ALTER TABLE geoapp.service_group DROP COLUMN by_road;
ALTER TABLE geoapp.city
    DROP COLUMN road_within_m,
    DROP COLUMN road_agencies;
