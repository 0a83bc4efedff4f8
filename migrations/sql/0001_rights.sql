-- What each role may see and do. The owner migrates; the others own nothing.
--   visitor   reads the public views, the catalogue and the boundaries
--   intake    stores submissions; reads back only the row whose ticket it has drawn
--   worker    jobs and commands: whole cities, never the schema
--   listener  follows the feed

-- Everything a visitor can reach reads this view. It isn't a barrier view: visitors send
-- no SQL, and a barrier would keep the planner from the indexes. How a place was decided
-- isn't in it: "nearest" or "ambiguous" would put a blurred point into a sliver.
CREATE VIEW geoapp.complaint_public AS
SELECT city_code, id, ticket, service_code, group_code,
       -- what was set aside as junk keeps its place in the counts, not its words
       CASE WHEN status <> 'rejected' THEN description END AS description,
       CASE WHEN status <> 'rejected' AND shown_within_m = 0 THEN landmark END AS landmark,
       status, submitted_at, due_at, resolved_at, closed_at, location_kind,
       public_geom AS geom, public_tile18 AS tile18, shown_within_m, kelurahan_set,
       public_kelurahan_code AS kelurahan_code, public_kecamatan_code AS kecamatan_code,
       agency_code, simulated
FROM geoapp.complaint
WHERE NOT confidential;

-- The public side of the history: what happened and when, without words or people. That a
-- blurred complaint moved to another area stays inside: it would tell where it lies.
CREATE VIEW geoapp.complaint_event_public AS
SELECT event.city_code, event.id, event.xid, complaint.ticket, event.kind, event.status, event.at
FROM geoapp.complaint_event AS event
JOIN geoapp.complaint ON complaint.city_code = event.city_code
                     AND complaint.id = event.complaint_id
WHERE NOT complaint.confidential
  AND (event.kind IN ('submitted', 'status', 'answer')
       OR (event.kind = 'assignment' AND complaint.shown_within_m = 0));

ALTER TABLE geoapp.complaint ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.complaint_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.intake_key ENABLE ROW LEVEL SECURITY;

-- After a transaction with SET LOCAL a setting is an empty string, not null. The
-- subselect is evaluated once per statement.
CREATE POLICY intake_writes ON geoapp.complaint FOR INSERT TO geoapp_intake
    WITH CHECK (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
                AND ticket = (SELECT nullif(current_setting('geoapp.ticket', true), '')));
CREATE POLICY intake_reads_its_own ON geoapp.complaint FOR SELECT TO geoapp_intake
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND ticket = (SELECT nullif(current_setting('geoapp.ticket', true), '')));

-- Whether a complaint of which history is being written is the one at hand: the policy above
-- shows intake no other. Volatile, so that it sees what the very statement has stored so far.
CREATE FUNCTION geoapp.is_at_hand(p_city text, p_complaint bigint, p_ticket text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM geoapp.complaint
                   WHERE city_code = p_city AND id = p_complaint AND ticket = p_ticket);
END $$;

-- Intake writes how the complaint at hand began, as a citizen or as the account that enters
-- it; of a call that is no complaint also that it was set aside.
CREATE POLICY intake_writes ON geoapp.assignment FOR INSERT TO geoapp_intake
    WITH CHECK (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
                AND decided_by = (SELECT coalesce(
                    'account:' || nullif(current_setting('geoapp.account', true), ''), 'citizen'))
                AND geoapp.is_at_hand(city_code, complaint_id,
                                      current_setting('geoapp.ticket', true)));
CREATE POLICY intake_writes ON geoapp.complaint_event FOR INSERT TO geoapp_intake
    WITH CHECK (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
                AND actor = (SELECT coalesce(
                    'account:' || nullif(current_setting('geoapp.account', true), ''), 'citizen'))
                AND (kind = 'submitted'
                     OR (kind = 'status' AND status = 'rejected' AND actor <> 'citizen'))
                AND geoapp.is_at_hand(city_code, complaint_id, ticket));
CREATE POLICY intake_keys ON geoapp.intake_key TO geoapp_intake
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
-- The worker is trusted with every city; a constant condition costs the planner nothing.
CREATE POLICY worker_all ON geoapp.complaint TO geoapp_worker USING (true);
-- It signs for programs, never for people.
CREATE POLICY worker_all ON geoapp.assignment TO geoapp_worker USING (true)
    WITH CHECK (decided_by IN ('system', 'import', 'simulation'));
CREATE POLICY worker_all ON geoapp.complaint_event TO geoapp_worker USING (true)
    WITH CHECK (actor IN ('system', 'import', 'simulation'));
CREATE POLICY worker_all ON geoapp.intake_key TO geoapp_worker USING (true);
CREATE POLICY listener_reads ON geoapp.complaint_event FOR SELECT TO geoapp_listener USING (true);

GRANT USAGE ON SCHEMA geoapp
    TO geoapp_visitor, geoapp_intake, geoapp_worker, geoapp_listener;

GRANT SELECT ON geoapp.city, geoapp.holiday, geoapp.service_group, geoapp.agency,
    geoapp.agency_version, geoapp.service, geoapp.service_version, geoapp.boundary_set,
    geoapp.area, geoapp.area_piece, geoapp.service_area, geoapp.feed_epoch
    TO geoapp_visitor, geoapp_intake, geoapp_worker, geoapp_listener;

GRANT SELECT ON geoapp.complaint_public, geoapp.complaint_event_public,
    geoapp.hotspot_run, geoapp.hotspot TO geoapp_visitor, geoapp_worker;
GRANT SELECT ON geoapp.complaint_public, geoapp.complaint_event TO geoapp_listener;

GRANT SELECT ON geoapp.complaint TO geoapp_intake;
-- Column by column: a complaint has no past when it comes, and the database dates and numbers
-- what is written of it.
GRANT INSERT (city_code, ticket, channel, source, external_id, service_code, group_code,
              description, landmark, status, submitted_at, observed_at, due_at, location_kind,
              geom, public_geom, shown_within_m, accuracy_m, kelurahan_set, kelurahan_code,
              kecamatan_code, public_kelurahan_code, public_kecamatan_code, service_area_set,
              service_area_code, agency_code, assignment_method, ambiguous, anonymous,
              confidential, simulated)
    ON geoapp.complaint TO geoapp_intake;
GRANT INSERT (city_code, complaint_id, decided_by, kelurahan_set, kelurahan_code,
              service_area_set, service_area_code, agency_code, method, ambiguous,
              edge_distance_m, alternatives)
    ON geoapp.assignment TO geoapp_intake;
GRANT INSERT (city_code, complaint_id, ticket, kind, status, actor, data)
    ON geoapp.complaint_event TO geoapp_intake;
GRANT SELECT, INSERT, UPDATE ON geoapp.intake_key, geoapp.rate_window TO geoapp_intake;

GRANT INSERT, UPDATE, DELETE ON geoapp.city, geoapp.holiday, geoapp.service_group,
    geoapp.agency, geoapp.agency_version, geoapp.service, geoapp.service_version,
    geoapp.boundary_set, geoapp.area, geoapp.area_piece, geoapp.service_area,
    geoapp.hotspot_run, geoapp.hotspot TO geoapp_worker;
GRANT SELECT, INSERT, UPDATE ON geoapp.complaint TO geoapp_worker;
-- History is written, never rewritten: no UPDATE, no DELETE for anybody but the owner.
-- What is imported has its own dates; numbers and transactions are the database's alone.
GRANT SELECT ON geoapp.assignment, geoapp.complaint_event TO geoapp_worker;
GRANT INSERT (city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
              service_area_set, service_area_code, agency_code, method, ambiguous,
              edge_distance_m, alternatives)
    ON geoapp.assignment TO geoapp_worker;
GRANT INSERT (city_code, complaint_id, ticket, kind, status, at, actor, data)
    ON geoapp.complaint_event TO geoapp_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.intake_key, geoapp.rate_window TO geoapp_worker;
