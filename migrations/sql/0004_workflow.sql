-- What happens to a complaint after it is stored: who works on it, what it waits for, what
-- it belongs to; who of the staff may see and move it.
SET LOCAL lock_timeout = '5s';

ALTER TABLE geoapp.complaint
    -- grows with every step: who acts says which one they saw
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN verify_due_at timestamptz,
    ADD COLUMN answer_due_at timestamptz,
    ADD COLUMN verified_at timestamptz,
    ADD COLUMN assigned_at timestamptz,
    -- the first answer that says what was or will be done; a template alone isn't one
    ADD COLUMN handled_at timestamptz,
    ADD COLUMN hold_since timestamptz,
    ADD COLUMN held_status text,
    ADD COLUMN officer_id bigint,
    ADD COLUMN duplicate_of bigint,
    ADD COLUMN split_from bigint,
    ADD COLUMN reopenings integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT complaint_hold CHECK (hold_since IS NULL OR status = 'on_hold'),
    ADD CONSTRAINT complaint_duplicate CHECK (
        duplicate_of IS NULL OR (status = 'duplicate' AND duplicate_of <> id)),
    ADD CONSTRAINT complaint_officer FOREIGN KEY (city_code, officer_id)
        REFERENCES geoapp.account (city_code, id),
    ADD CONSTRAINT complaint_duplicate_of FOREIGN KEY (city_code, duplicate_of)
        REFERENCES geoapp.complaint (city_code, id),
    ADD CONSTRAINT complaint_split_from FOREIGN KEY (city_code, split_from)
        REFERENCES geoapp.complaint (city_code, id);
-- Staff counts and orders all day, under row-level security: with the columns of its
-- policies in the index the table itself isn't read (bench/access.py measures it).
DROP INDEX geoapp.complaint_open, geoapp.complaint_newest, geoapp.complaint_kelurahan;
CREATE INDEX complaint_newest ON geoapp.complaint (city_code, submitted_at DESC, id DESC)
    INCLUDE (agency_code, kelurahan_code, kecamatan_code, service_area_code);
CREATE INDEX complaint_kelurahan ON geoapp.complaint (city_code, kelurahan_code, submitted_at)
    INCLUDE (id, agency_code, kecamatan_code, service_area_code);
CREATE INDEX complaint_open ON geoapp.complaint (city_code, due_at)
    INCLUDE (id, status, agency_code, kelurahan_code, kecamatan_code, service_area_code)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
CREATE INDEX complaint_agency_open ON geoapp.complaint (city_code, agency_code, due_at)
    INCLUDE (id, status, kelurahan_code, kecamatan_code, service_area_code)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
CREATE INDEX complaint_kelurahan_open ON geoapp.complaint (city_code, kelurahan_code, due_at)
    INCLUDE (id, status, agency_code, kecamatan_code, service_area_code)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
CREATE INDEX complaint_officer ON geoapp.complaint (city_code, officer_id)
    WHERE officer_id IS NOT NULL;
CREATE INDEX complaint_duplicates ON geoapp.complaint (city_code, duplicate_of)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX complaint_splits ON geoapp.complaint (city_code, split_from)
    WHERE split_from IS NOT NULL;
-- What the worker closes by itself.
CREATE INDEX complaint_resolved ON geoapp.complaint (city_code, resolved_at) WHERE status = 'resolved';

ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction',
         'reply', 'officer', 'deadline', 'merged', 'unmerged', 'split'));
-- The moment it is written: a step waits for its complaint after its transaction began.
ALTER TABLE geoapp.assignment ALTER COLUMN decided_at SET DEFAULT clock_timestamp();

-- Texts that an agency answers with again and again. Without an agency: for all of them.
CREATE TABLE geoapp.answer_template (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    agency_code text COLLATE "C",
    name text NOT NULL CHECK (name <> ''),
    body text NOT NULL CHECK (body <> ''),
    retired_at timestamptz,
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code)
);

-- What was overdue at an agency on the morning of a day.
CREATE TABLE geoapp.agency_digest (
    city_code text COLLATE "C" NOT NULL,
    agency_code text COLLATE "C" NOT NULL,
    day date NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    data jsonb NOT NULL,
    PRIMARY KEY (city_code, agency_code, day),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code)
);

-- A deadline's state, written once. Both are inlined, so that the indexes on open
-- complaints serve them. On hold nothing runs; what is done is never late any more.
CREATE FUNCTION geoapp.is_overdue(p_status text, p_due_at timestamptz, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_status = ANY (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'reopened'])
       AND p_due_at < p_at
$$;
CREATE FUNCTION geoapp.is_due_soon(p_status text, p_due_at timestamptz, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_status = ANY (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'reopened'])
       AND p_due_at >= p_at AND p_due_at < p_at + interval '12 hours'
$$;
CREATE FUNCTION geoapp.deadline_state(p_status text, p_due_at timestamptz, p_at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_status = 'on_hold' THEN 'paused'
        WHEN p_status <> ALL (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'reopened'])
            THEN 'done'
        WHEN p_due_at < p_at THEN 'overdue'
        WHEN p_due_at < p_at + interval '12 hours' THEN 'due_soon'
        ELSE 'in_time'
    END
$$;

-- Complaints as those see them who handle them: true positions, every column, under the
-- reader's own row-level security. Columns that the public view has too are called the same.
CREATE VIEW geoapp.complaint_work WITH (security_invoker = true) AS
SELECT city_code, id, ticket, version, channel, source, external_id, service_code, group_code,
       description, landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at,
       due_at, verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
       hold_since, held_status, updated_at, location_kind, geom, tile18, public_geom,
       shown_within_m, accuracy_m, kelurahan_set, kelurahan_code, kecamatan_code,
       service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
       anonymous, confidential, officer_id, duplicate_of, split_from, reopenings, simulated
FROM geoapp.complaint;

-- Staff: plain columns against settings of act_as(); each subselect is evaluated once per
-- statement. geoapp.in_scope() says the same for functions.
-- Reading has a policy for each kind of reach, of a role that act_as() names: without an OR it
-- is decided once, or looked up in an index (docs/adr/0011). Each is a part of what
-- geoapp_staff_mixed asks, so who takes a wrong role sees less, never more; geoapp_staff itself
-- has none and sees nothing.
CREATE POLICY staff_reads_everything ON geoapp.complaint FOR SELECT TO geoapp_staff_everything USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), '')
                 WHERE current_setting('geoapp.reads_all', true) = 'on'));
CREATE POLICY staff_reads_agency ON geoapp.complaint FOR SELECT TO geoapp_staff_agency USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND agency_code = (SELECT (nullif(current_setting('geoapp.reads_agencies', true), '')::text[])[1]));
CREATE POLICY staff_reads_kelurahan ON geoapp.complaint FOR SELECT TO geoapp_staff_kelurahan USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_kelurahan', true), '')::text[])::text[]));
CREATE POLICY staff_reads_agency_kelurahan ON geoapp.complaint FOR SELECT TO geoapp_staff_agency_kelurahan USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND agency_code = (SELECT nullif(current_setting('geoapp.reads_pair_agency', true), ''))
    AND kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_pair_kelurahan', true), '')::text[])::text[]));
CREATE POLICY staff_reads_mixed ON geoapp.complaint FOR SELECT TO geoapp_staff_mixed USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND ((SELECT current_setting('geoapp.reads_all', true)) = 'on'
         OR agency_code = ANY ((SELECT nullif(current_setting('geoapp.reads_agencies', true), '')::text[])::text[])
         OR kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_kelurahan', true), '')::text[])::text[])
         OR kecamatan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_kecamatan', true), '')::text[])::text[])
         OR service_area_code = ANY ((SELECT nullif(current_setting('geoapp.reads_service_areas', true), '')::text[])::text[])
         OR agency_code || '/k:' || kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_pairs', true), '')::text[])::text[])
         OR agency_code || '/c:' || kecamatan_code = ANY ((SELECT nullif(current_setting('geoapp.reads_pairs', true), '')::text[])::text[])
         OR agency_code || '/s:' || service_area_code = ANY ((SELECT nullif(current_setting('geoapp.reads_pairs', true), '')::text[])::text[])));
CREATE POLICY staff_writes ON geoapp.complaint FOR UPDATE TO geoapp_staff USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND ((SELECT current_setting('geoapp.writes_all', true)) = 'on'
         OR agency_code = ANY ((SELECT nullif(current_setting('geoapp.writes_agencies', true), '')::text[])::text[])
         OR kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.writes_kelurahan', true), '')::text[])::text[])
         OR kecamatan_code = ANY ((SELECT nullif(current_setting('geoapp.writes_kecamatan', true), '')::text[])::text[])
         OR service_area_code = ANY ((SELECT nullif(current_setting('geoapp.writes_service_areas', true), '')::text[])::text[])
         OR agency_code || '/k:' || kelurahan_code = ANY ((SELECT nullif(current_setting('geoapp.writes_pairs', true), '')::text[])::text[])
         OR agency_code || '/c:' || kecamatan_code = ANY ((SELECT nullif(current_setting('geoapp.writes_pairs', true), '')::text[])::text[])
         OR agency_code || '/s:' || service_area_code = ANY ((SELECT nullif(current_setting('geoapp.writes_pairs', true), '')::text[])::text[])));
-- Decisions and history are read where their complaint is, written where it may be moved.
CREATE POLICY staff_reads ON geoapp.assignment FOR SELECT TO geoapp_staff USING (
    EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = assignment.city_code
              AND complaint.id = assignment.complaint_id));
-- Everybody under their own name, of a complaint under its own ticket; what a citizen said
-- nobody of the staff writes, and a beginning only for the half that was split off.
CREATE POLICY staff_writes ON geoapp.assignment FOR INSERT TO geoapp_staff WITH CHECK (
    decided_by = (SELECT 'account:' || nullif(current_setting('geoapp.account', true), ''))
    AND EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = assignment.city_code
              AND complaint.id = assignment.complaint_id
              AND geoapp.in_scope('writes', complaint.agency_code, complaint.kelurahan_code,
                                  complaint.kecamatan_code, complaint.service_area_code)));
CREATE POLICY staff_reads ON geoapp.complaint_event FOR SELECT TO geoapp_staff USING (
    EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = complaint_event.city_code
              AND complaint.id = complaint_event.complaint_id));
CREATE POLICY staff_writes ON geoapp.complaint_event FOR INSERT TO geoapp_staff WITH CHECK (
    actor = (SELECT 'account:' || nullif(current_setting('geoapp.account', true), ''))
    AND kind <> 'reply'
    AND EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = complaint_event.city_code
              AND complaint.id = complaint_event.complaint_id
              AND complaint.ticket = complaint_event.ticket
              AND (complaint_event.kind <> 'submitted' OR complaint.split_from IS NOT NULL)
              AND geoapp.in_scope('writes', complaint.agency_code, complaint.kelurahan_code,
                                  complaint.kecamatan_code, complaint.service_area_code)));

-- A complaint that goes to another agency leaves the sight of whoever sends it there, and
-- row-level security lets nobody write what they can't read: so with the owner's rights,
-- for those who may write the complaint as it stands. True when it was moved; the caller
-- has written decision and event before, while it still could. Without the event in the same
-- transaction nothing moves, nor to an agency that the city doesn't have.
CREATE FUNCTION geoapp.hand_over(
    p_city text, p_complaint bigint, p_version integer, p_agency text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE geoapp.complaint
    SET agency_code = p_agency, status = 'assigned', assignment_method = 'manual',
        service_area_set = NULL, service_area_code = NULL, officer_id = NULL,
        assigned_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1
    WHERE city_code = p_city
      AND city_code = nullif(current_setting('geoapp.city', true), '')
      AND id = p_complaint
      AND version = p_version
      AND geoapp.in_scope('writes', agency_code, kelurahan_code, kecamatan_code, service_area_code)
      AND EXISTS (SELECT FROM geoapp.agency
                  WHERE agency.city_code = p_city AND agency.code = p_agency)
      AND EXISTS (SELECT FROM geoapp.complaint_event AS told
                  WHERE told.city_code = p_city AND told.complaint_id = p_complaint
                    AND told.xid = pg_current_xact_id() AND told.kind = 'assignment'
                    AND told.actor = 'account:' || nullif(current_setting('geoapp.account', true), '')
                    AND told.data ->> 'agency_to' = p_agency);
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.hand_over(text, bigint, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.hand_over(text, bigint, integer, text) TO geoapp_staff;

ALTER TABLE geoapp.answer_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.agency_digest ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.answer_template TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.agency_digest TO geoapp_worker USING (true);
CREATE POLICY staff_reads ON geoapp.answer_template FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
-- Those who may write everything an agency has may word its answers.
CREATE POLICY staff_writes ON geoapp.answer_template TO geoapp_staff USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND ((SELECT current_setting('geoapp.writes_all', true)) = 'on'
         OR agency_code = ANY ((SELECT nullif(current_setting('geoapp.writes_agencies', true), '')::text[])::text[])));
CREATE POLICY staff_reads ON geoapp.agency_digest FOR SELECT TO geoapp_staff USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND ((SELECT current_setting('geoapp.reads_all', true)) = 'on'
         OR agency_code = ANY ((SELECT nullif(current_setting('geoapp.reads_agencies', true), '')::text[])::text[])));

GRANT SELECT ON geoapp.complaint_work, geoapp.complaint_public, geoapp.complaint_event_public,
    geoapp.hotspot_run, geoapp.hotspot TO geoapp_staff;
GRANT SELECT ON geoapp.complaint_work TO geoapp_worker;
GRANT SELECT ON geoapp.complaint TO geoapp_staff;
-- Never where it lies, when it came, what was said: only what the work on it changes.
GRANT UPDATE (version, status, verify_due_at, answer_due_at, due_at, verified_at, assigned_at,
              first_response_at, handled_at, resolved_at, closed_at, hold_since, held_status,
              updated_at, officer_id, duplicate_of, reopenings, agency_code, assignment_method,
              service_area_set, service_area_code, service_code, group_code, confidential)
    ON geoapp.complaint TO geoapp_staff;
GRANT SELECT ON geoapp.assignment, geoapp.complaint_event TO geoapp_staff;
-- Dated and numbered by the database.
GRANT INSERT (city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
              service_area_set, service_area_code, agency_code, method, ambiguous,
              edge_distance_m, alternatives)
    ON geoapp.assignment TO geoapp_staff;
GRANT INSERT (city_code, complaint_id, ticket, kind, status, actor, data)
    ON geoapp.complaint_event TO geoapp_staff;
GRANT SELECT, INSERT ON geoapp.answer_template TO geoapp_staff, geoapp_worker;
GRANT UPDATE (name, body, retired_at) ON geoapp.answer_template TO geoapp_staff, geoapp_worker;
GRANT SELECT ON geoapp.agency_digest TO geoapp_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.agency_digest TO geoapp_worker;
GRANT EXECUTE ON FUNCTION geoapp.data_version(text), geoapp.ticket_state(text, text) TO geoapp_staff;
-- An operator splits one complaint in two; what came through another door intake stores.
CREATE POLICY staff_inserts ON geoapp.complaint FOR INSERT TO geoapp_staff WITH CHECK (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT current_setting('geoapp.writes_all', true)) = 'on'
    AND split_from IS NOT NULL AND status = 'submitted');
GRANT INSERT (city_code, ticket, channel, source, service_code, group_code, description, landmark,
              status, submitted_at, observed_at, verify_due_at, answer_due_at, due_at,
              location_kind, geom, public_geom, shown_within_m, accuracy_m, kelurahan_set,
              kelurahan_code, kecamatan_code, public_kelurahan_code, public_kecamatan_code,
              service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
              anonymous, confidential, simulated, split_from)
    ON geoapp.complaint TO geoapp_staff;
GRANT INSERT (verify_due_at, answer_due_at) ON geoapp.complaint TO geoapp_intake;

-- The public side of the history, with the words that are public by design: answers, and
-- why somebody set a complaint aside, passed it on or lets it wait. That it was merged into
-- another, or taken out again, is told as the new status that it is.
CREATE OR REPLACE VIEW geoapp.complaint_event_public AS
SELECT event.city_code, event.id, event.xid, complaint.ticket,
       CASE WHEN event.kind IN ('merged', 'unmerged') THEN 'status' ELSE event.kind END AS kind,
       event.status, event.at,
       CASE WHEN event.kind = 'answer' THEN event.data ->> 'text'
            WHEN event.kind = 'status' AND event.status IN ('rejected', 'out_of_authority', 'on_hold')
                THEN event.data ->> 'reason' END AS words,
       CASE WHEN event.kind = 'status' AND event.status = 'out_of_authority'
                THEN event.data ->> 'authority' END AS authority
FROM geoapp.complaint_event AS event
JOIN geoapp.complaint ON complaint.city_code = event.city_code
                     AND complaint.id = event.complaint_id
WHERE NOT complaint.confidential
  AND (event.kind IN ('submitted', 'status', 'answer')
       OR (event.kind IN ('merged', 'unmerged') AND event.status IS NOT NULL)
       OR (event.kind = 'assignment' AND complaint.shown_within_m = 0));

-- The reporter's word on a complaint. The web's intake role neither reads nor changes what
-- is stored: the first function locks the row and tells how it stands, the second writes
-- what became of it. The key that proves the reporter is checked before either.

-- Working days in which "resolved" may be disputed (geoapp/domain/answers.py says it too).
CREATE FUNCTION geoapp.dispute_days() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 10 $$;

CREATE FUNCTION geoapp.reply_standing(p_city text, p_ticket text)
RETURNS TABLE (status text, version integer, disputed_until timestamptz, at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    locked record;
BEGIN
    SELECT complaint.status, complaint.version, complaint.resolved_at INTO locked
    FROM geoapp.complaint
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
    FOR NO KEY UPDATE;
    IF FOUND THEN
        RETURN QUERY SELECT locked.status, locked.version,
            geoapp.working_days_after(p_city, locked.resolved_at, geoapp.dispute_days()),
            clock_timestamp();
    END IF;
END $$;

-- True when it was written. p_status: what a resolved complaint becomes, while it may still be
-- disputed; null: nothing new for one that is being worked on. Dated here, by nobody else.
-- A reply that only adds keeps the version: else whoever writes again and again would keep
-- the staff from every step. A dispute restarts the deadlines as a reopening does.
CREATE FUNCTION geoapp.record_reply(
    p_city text, p_ticket text, p_version integer, p_text text, p_solved boolean, p_status text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    changed record;
BEGIN
    UPDATE geoapp.complaint AS stored
    SET version = stored.version + CASE WHEN p_status IS NULL THEN 0 ELSE 1 END,
        updated_at = moment,
        status = coalesce(p_status, stored.status),
        closed_at = CASE WHEN p_status = 'closed' THEN moment ELSE stored.closed_at END,
        resolved_at = CASE WHEN p_status = 'reopened' THEN NULL ELSE stored.resolved_at END,
        reopenings = stored.reopenings + CASE WHEN p_status = 'reopened' THEN 1 ELSE 0 END,
        verify_due_at = CASE WHEN stored.verified_at IS NULL THEN coalesce(anew.verify_due_at, stored.verify_due_at)
                             ELSE stored.verify_due_at END,
        answer_due_at = CASE WHEN stored.first_response_at IS NULL THEN coalesce(anew.answer_due_at, stored.answer_due_at)
                             ELSE stored.answer_due_at END,
        due_at = coalesce(anew.due_at, stored.due_at)
    FROM (SELECT city_code, id, due_at, service_code FROM geoapp.complaint) AS before
    LEFT JOIN LATERAL geoapp.deadlines(before.city_code, before.service_code, moment) AS anew
           ON p_status = 'reopened'
    WHERE stored.city_code = p_city
      AND stored.city_code = nullif(current_setting('geoapp.city', true), '')
      AND stored.ticket = p_ticket
      AND stored.version = p_version
      AND CASE WHEN p_status IS NULL THEN stored.status IN
                    ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened')
               ELSE stored.status = 'resolved'
                    AND p_status = CASE WHEN p_solved THEN 'closed' ELSE 'reopened' END
                    AND moment <= geoapp.working_days_after(
                        p_city, stored.resolved_at, geoapp.dispute_days()) END
      AND before.city_code = stored.city_code AND before.id = stored.id
    RETURNING stored.id, before.due_at AS due_before, stored.due_at AS due_after INTO changed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, at, actor, data)
    VALUES (p_city, changed.id, p_ticket, 'reply', moment, 'citizen',
            jsonb_build_object('text', p_text, 'solved', p_solved));
    IF p_status IS NOT NULL THEN
        INSERT INTO geoapp.complaint_event
            (city_code, complaint_id, ticket, kind, status, at, actor, data)
        VALUES (p_city, changed.id, p_ticket, 'status', p_status, moment, 'citizen',
                CASE WHEN p_status = 'reopened' THEN jsonb_build_object(
                    'due_at_before', changed.due_before, 'due_at_after', changed.due_after)
                ELSE '{}' END);
    END IF;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.reply_standing(text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.record_reply(
    text, text, integer, text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.reply_standing(text, text) TO geoapp_intake;
GRANT EXECUTE ON FUNCTION geoapp.record_reply(
    text, text, integer, text, boolean, text) TO geoapp_intake;
