-- How to reach people, apart from what they reported and sealed (AES-256-GCM, keys outside the
-- database); what they think of the work; what they take to the Ombudsman.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.contact (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    -- whoever sent it; whoever has the same problem or only follows
    role text NOT NULL CHECK (role IN ('reporter', 'follower')),
    name_sealed bytea,
    email_sealed bytea,
    phone_sealed bytea,
    -- keyed hashes, so that the same address is found again without being read
    email_digest text COLLATE "C",
    phone_digest text COLLATE "C",
    language text NOT NULL DEFAULT 'id' CHECK (language IN ('id', 'en')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    unsubscribed_at timestamptz,
    erased_at timestamptz,
    erased_for text CHECK (erased_for IN ('retention', 'request')),
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id),
    CHECK ((email_sealed IS NULL) = (email_digest IS NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_digest IS NULL)),
    CHECK ((erased_at IS NULL) = (erased_for IS NULL)),
    CHECK (erased_at IS NULL
           OR (name_sealed IS NULL AND email_sealed IS NULL AND phone_sealed IS NULL))
);
CREATE UNIQUE INDEX contact_reporter ON geoapp.contact (city_code, complaint_id)
    WHERE role = 'reporter';
CREATE UNIQUE INDEX contact_once ON geoapp.contact (city_code, complaint_id, email_digest)
    WHERE email_digest IS NOT NULL;
CREATE INDEX contact_email ON geoapp.contact (city_code, email_digest)
    WHERE email_digest IS NOT NULL;
CREATE INDEX contact_phone ON geoapp.contact (city_code, phone_digest)
    WHERE phone_digest IS NOT NULL;
CREATE INDEX contact_kept ON geoapp.contact (created_at) WHERE erased_at IS NULL;

-- Who of the staff was shown whom. Append-only.
CREATE TABLE geoapp.contact_access (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    complaint_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, contact_id) REFERENCES geoapp.contact (city_code, id)
);
CREATE INDEX contact_access_at ON geoapp.contact_access (city_code, at);

-- Addresses that want no mail of ours any more, whichever complaint it is about.
CREATE TABLE geoapp.mail_refusal (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    email_digest text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, email_digest)
);

CREATE TABLE geoapp.rating (
    city_code text COLLATE "C" NOT NULL,
    complaint_id bigint NOT NULL,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    words text NOT NULL DEFAULT '',
    rated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, complaint_id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);

ALTER TABLE geoapp.complaint ADD COLUMN escalated_at timestamptz;
-- Whom a citizen may turn to: {"name", "name_en", "website", "phone"}; empty: nobody is offered.
ALTER TABLE geoapp.city ADD COLUMN ombudsman jsonb NOT NULL DEFAULT '{}';

ALTER TABLE geoapp.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.contact_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.mail_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.contact TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.contact_access TO geoapp_worker USING (true)
    WITH CHECK (actor IN ('system', 'citizen'));
CREATE POLICY worker_all ON geoapp.mail_refusal TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.rating TO geoapp_worker USING (true);
CREATE POLICY staff_reads ON geoapp.rating FOR SELECT TO geoapp_staff USING (
    EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = rating.city_code
              AND complaint.id = rating.complaint_id));
-- Contacts are read and written by functions with the owner's rights alone, which say who may.
CREATE POLICY administers_reads ON geoapp.contact_access FOR SELECT TO geoapp_admin
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.administers', true)) = 'on');
CREATE POLICY auditors ON geoapp.contact_access FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.reads_all', true)) = 'on');
GRANT SELECT, INSERT, UPDATE ON geoapp.contact TO geoapp_worker;
GRANT SELECT, INSERT ON geoapp.contact_access TO geoapp_worker;
GRANT SELECT ON geoapp.contact_access TO geoapp_admin, geoapp_staff;
GRANT SELECT, INSERT, DELETE ON geoapp.mail_refusal TO geoapp_worker;
GRANT SELECT, UPDATE ON geoapp.rating TO geoapp_worker;
GRANT SELECT ON geoapp.rating TO geoapp_staff;

CREATE OR REPLACE VIEW geoapp.complaint_work WITH (security_invoker = true) AS
SELECT city_code, id, ticket, version, channel, source, external_id, service_code, group_code,
       description, landmark, status, submitted_at, observed_at, verify_due_at, answer_due_at,
       due_at, verified_at, assigned_at, first_response_at, handled_at, resolved_at, closed_at,
       hold_since, held_status, updated_at, location_kind, geom, tile18, public_geom,
       shown_within_m, accuracy_m, kelurahan_set, kelurahan_code, kecamatan_code,
       service_area_set, service_area_code, agency_code, assignment_method, ambiguous,
       anonymous, confidential, officer_id, duplicate_of, split_from, reopenings, simulated,
       nullif(coalesce(then_kelurahan_code, kelurahan_code), '') AS then_kelurahan_code,
       nullif(coalesce(then_kecamatan_code, kecamatan_code), '') AS then_kecamatan_code,
       road_set, road_code, authority_offer, supporters, escalated_at
FROM geoapp.complaint;

-- The sender's word

-- Days after closing in which a sender may say what they think of the work.
CREATE FUNCTION geoapp.rating_days() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 30 $$;

CREATE FUNCTION geoapp.may_rate(p_status text, p_closed_at timestamptz, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_status = 'closed' AND p_closed_at IS NOT NULL
       AND p_at <= p_closed_at + geoapp.rating_days() * interval '24 hours'
$$;

-- Whether the promise is broken, so that the sender may turn to the Ombudsman: nobody finished it
-- in time. On hold the deadline stands still; it counts when it had passed before. What was set
-- aside or passed on has no promise any more. The Ombudsman takes up what is less than two
-- years old (UU 37/2008, article 24).
CREATE FUNCTION geoapp.may_escalate(
    p_status text, p_due_at timestamptz, p_resolved_at timestamptz, p_hold_since timestamptz,
    p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_due_at < CASE
               WHEN p_status IN ('submitted', 'verified', 'assigned', 'in_progress', 'reopened') THEN p_at
               WHEN p_status = 'on_hold' THEN coalesce(p_hold_since, p_at)
               WHEN p_status IN ('resolved', 'closed') THEN p_resolved_at
           END
       AND p_at < p_due_at + interval '2 years'
$$;

-- Everything about a complaint that its sender may know, confidential or not: what they sent,
-- what was answered, what they may do now. Of the history what is told to the public, and
-- the sender's own words; never what the staff notes, nor who of it. With the owner's rights:
-- the caller has proven by the sender's key whose it is.
CREATE FUNCTION geoapp.sender_view(p_city text, p_ticket text) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'ticket', complaint.ticket, 'status', complaint.status,
        'service', complaint.service_code, 'group', complaint.group_code,
        'description', complaint.description, 'landmark', complaint.landmark,
        'channel', complaint.channel, 'submitted_at', complaint.submitted_at,
        'observed_at', complaint.observed_at, 'verify_due_at', complaint.verify_due_at,
        'verified_at', complaint.verified_at, 'answer_due_at', complaint.answer_due_at,
        'first_response_at', complaint.first_response_at, 'due_at', complaint.due_at,
        'resolved_at', complaint.resolved_at, 'closed_at', complaint.closed_at,
        'hold_since', complaint.hold_since, 'location_kind', complaint.location_kind,
        'lon', public.ST_X(complaint.geom), 'lat', public.ST_Y(complaint.geom),
        'kelurahan_code', complaint.kelurahan_code, 'kelurahan_set', complaint.kelurahan_set,
        'kelurahan_name', told.name, 'kecamatan_name', told.parent_name,
        'agency', complaint.agency_code, 'anonymous', complaint.anonymous,
        'confidential', complaint.confidential, 'simulated', complaint.simulated,
        'supporters', complaint.supporters, 'escalated_at', complaint.escalated_at,
        'lead', (SELECT lead.ticket FROM geoapp.complaint AS lead
                 WHERE lead.city_code = complaint.city_code AND lead.id = complaint.duplicate_of
                   AND NOT lead.confidential),
        'at', moment.at,
        'disputed_until', CASE WHEN complaint.status = 'resolved' THEN geoapp.working_days_after(
            p_city, complaint.resolved_at, geoapp.dispute_days()) END,
        'may_rate', geoapp.may_rate(complaint.status, complaint.closed_at, moment.at),
        'rate_until', CASE WHEN complaint.status = 'closed'
            THEN complaint.closed_at + geoapp.rating_days() * interval '24 hours' END,
        'may_escalate', coalesce(geoapp.may_escalate(
            complaint.status, complaint.due_at, complaint.resolved_at, complaint.hold_since,
            moment.at), false),
        'rating', (SELECT jsonb_build_object(
                       'stars', rating.stars, 'words', rating.words, 'rated_at', rating.rated_at)
                   FROM geoapp.rating
                   WHERE rating.city_code = complaint.city_code
                     AND rating.complaint_id = complaint.id),
        'photos', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', photo.id, 'event_id', photo.event_id, 'private', photo.private,
                       'sha256', photo.sha256, 'width', photo.width, 'height', photo.height,
                       'small_sha256', photo.small_sha256) ORDER BY photo.position)
            FROM geoapp.photo
            LEFT JOIN geoapp.complaint_event AS with_event
                   ON with_event.city_code = photo.city_code AND with_event.id = photo.event_id
            WHERE photo.city_code = complaint.city_code AND photo.complaint_id = complaint.id
              AND photo.hidden_at IS NULL AND photo.erased_at IS NULL
              AND (NOT photo.private OR with_event.actor = 'citizen')), '[]'),
        'history', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', event.id, 'at', event.at, 'status', event.status,
                       'kind', CASE WHEN event.kind IN ('merged', 'unmerged') THEN 'status' ELSE event.kind END,
                       'own', event.actor = 'citizen',
                       'words', CASE WHEN event.kind IN ('answer', 'reply') THEN event.data ->> 'text'
                                     WHEN event.kind = 'status'
                                          AND event.status IN ('rejected', 'out_of_authority', 'on_hold')
                                         THEN event.data ->> 'reason' END,
                       'solved', event.kind = 'reply' AND event.data ->> 'solved' = 'true',
                       'stars', CASE WHEN event.kind = 'rating' THEN event.data -> 'stars' END,
                       'authority', CASE WHEN event.status = 'out_of_authority'
                                         THEN event.data ->> 'authority' END,
                       'agency', CASE WHEN event.kind = 'assignment'
                                      THEN event.data ->> 'agency_to' END,
                       'due_before', event.data ->> 'due_at_before',
                       'due_after', event.data ->> 'due_at_after',
                       'seal', digest.seal_number,
                       'digest', encode(digest.digest, 'hex')) ORDER BY event.at, event.id)
            FROM geoapp.complaint_event AS event
            LEFT JOIN geoapp.event_digest AS digest
                   ON digest.city_code = event.city_code AND digest.event_id = event.id
            WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id
              AND (event.kind IN ('submitted', 'answer', 'reply', 'rating', 'escalated', 'deadline')
                   OR (event.kind IN ('status', 'merged', 'unmerged') AND event.status IS NOT NULL)
                   OR (event.kind = 'assignment' AND event.data ? 'agency_to'))), '[]'))
    FROM geoapp.complaint
    CROSS JOIN (SELECT clock_timestamp() AS at) AS moment
    LEFT JOIN LATERAL geoapp.area_told(
        complaint.city_code, complaint.kelurahan_set, complaint.kelurahan_code) AS told ON true
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
$$;

-- The reply that this transaction has just written, for the photos that came with it.
CREATE FUNCTION geoapp.reply_written(p_city text, p_ticket text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(event.id)
    FROM geoapp.complaint_event AS event
    JOIN geoapp.complaint ON complaint.city_code = event.city_code
                         AND complaint.id = event.complaint_id
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND event.xid = pg_current_xact_id() AND event.kind = 'reply'
$$;

-- What a sender thinks of the work: true when it was written, false when it isn't the time for
-- it, null when there is no such complaint. Said again it takes the place of what was said.
-- The words stay out of the sealed history.
CREATE FUNCTION geoapp.record_rating(p_city text, p_ticket text, p_stars integer, p_words text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    locked record;
    moment timestamptz;
BEGIN
    SELECT complaint.id, complaint.status, complaint.closed_at INTO locked
    FROM geoapp.complaint
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
    FOR NO KEY UPDATE;
    moment := clock_timestamp();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT geoapp.may_rate(locked.status, locked.closed_at, moment) THEN
        RETURN false;
    END IF;
    INSERT INTO geoapp.rating (city_code, complaint_id, stars, words, rated_at)
    VALUES (p_city, locked.id, p_stars, p_words, moment)
    ON CONFLICT (city_code, complaint_id) DO UPDATE
        SET stars = excluded.stars, words = excluded.words, rated_at = excluded.rated_at;
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, at, actor, data)
    VALUES (p_city, locked.id, p_ticket, 'rating', moment, 'citizen',
            jsonb_build_object('stars', p_stars));
    RETURN true;
END $$;

-- The sender takes it to the Ombudsman: the moment it was said first, with false when the promise
-- isn't broken; no row when there is no such complaint or the city names no Ombudsman.
CREATE FUNCTION geoapp.record_escalation(p_city text, p_ticket text)
RETURNS TABLE (escalated_at timestamptz, allowed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    locked record;
    moment timestamptz;
BEGIN
    SELECT complaint.id, complaint.status, complaint.due_at, complaint.resolved_at,
           complaint.hold_since, complaint.escalated_at, city.ombudsman INTO locked
    FROM geoapp.complaint
    JOIN geoapp.city ON city.code = complaint.city_code
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
    FOR NO KEY UPDATE OF complaint;
    moment := clock_timestamp();
    IF NOT FOUND OR locked.ombudsman = '{}' THEN
        RETURN;
    END IF;
    IF locked.escalated_at IS NOT NULL THEN
        RETURN QUERY SELECT locked.escalated_at, true;
        RETURN;
    END IF;
    IF NOT coalesce(geoapp.may_escalate(
            locked.status, locked.due_at, locked.resolved_at, locked.hold_since, moment), false) THEN
        RETURN QUERY SELECT NULL::timestamptz, false;
        RETURN;
    END IF;
    UPDATE geoapp.complaint SET escalated_at = moment, updated_at = moment
    WHERE complaint.city_code = p_city AND complaint.id = locked.id;
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, at, actor, data)
    VALUES (p_city, locked.id, p_ticket, 'escalated', moment, 'citizen', '{}');
    RETURN QUERY SELECT moment, true;
END $$;

REVOKE EXECUTE ON FUNCTION geoapp.sender_view(text, text), geoapp.reply_written(text, text),
    geoapp.record_rating(text, text, integer, text), geoapp.record_escalation(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.sender_view(text, text), geoapp.reply_written(text, text),
    geoapp.record_rating(text, text, integer, text), geoapp.record_escalation(text, text)
    TO geoapp_intake;
