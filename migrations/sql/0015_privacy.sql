-- What a person may ask of the city: their data, or that it goes.
SET LOCAL lock_timeout = '5s';

-- Every request and what was done, without the person: who asked is what goes.
CREATE TABLE geoapp.privacy_request (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('export', 'erase', 'retention', 'breach')),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL DEFAULT '',
    -- counts, and tickets where they don't tell who it was
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (city_code, id)
);
ALTER TABLE geoapp.privacy_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.privacy_request TO geoapp_worker USING (true);
CREATE POLICY administers_reads ON geoapp.privacy_request FOR SELECT TO geoapp_admin
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.administers', true)) = 'on');
GRANT SELECT, INSERT ON geoapp.privacy_request TO geoapp_worker;
GRANT SELECT ON geoapp.privacy_request TO geoapp_admin;

-- Marks of browsers that are still there: what the retention job looks through.
CREATE INDEX complaint_sender_kept ON geoapp.complaint_sender (city_code, complaint_id)
    WHERE person NOT LIKE 'gone:%';
CREATE INDEX supporter_kept ON geoapp.supporter (city_code, complaint_id)
    WHERE person NOT LIKE 'gone:%';
-- Photos of what was erased, until their files are gone, too.
CREATE INDEX photo_erased ON geoapp.photo (city_code, complaint_id)
    WHERE erased_at IS NOT NULL;
CREATE INDEX contact_access_actor ON geoapp.contact_access (city_code, actor, at);

-- What stays of an event when its words go: what was done, between whom, by which clock.
-- Named one by one, so that whatever else an event may hold goes.
CREATE FUNCTION geoapp.without_words(p_data jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(held.key, held.value), '{}')
    FROM jsonb_each(p_data) AS held
    WHERE jsonb_typeof(held.value) IN ('string', 'number', 'boolean', 'null')
      AND held.key IN (
          'class', 'template', 'agency_from', 'agency_to', 'officer', 'lead', 'through', 'other',
          'status_before', 'offer', 'road', 'confidential', 'from', 'to', 'due_at_before',
          'due_at_after', 'undisputed_working_days', 'solved', 'stars', 'role', 'new_address',
          'request')
$$;

-- The complaint of a ticket with everything it was split into or from: one citizen said it all.
CREATE FUNCTION geoapp.one_report(p_city text, p_ticket text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE up AS (
        SELECT id, split_from FROM geoapp.complaint WHERE city_code = p_city AND ticket = p_ticket
        UNION
        SELECT whole.id, whole.split_from
        FROM up JOIN geoapp.complaint AS whole
          ON whole.city_code = p_city AND whole.id = up.split_from
    ), down AS (
        SELECT id FROM up WHERE split_from IS NULL
        UNION
        SELECT part.id
        FROM down JOIN geoapp.complaint AS part
          ON part.city_code = p_city AND part.split_from = down.id
    )
    SELECT id FROM down
$$;

-- Takes a report's person out of it: words, exact place, how to reach them, the mark of their
-- browser, what they wrote later, the photos. What stays is the public record: that there was a
-- complaint, of which service, where about, when, what was done by whom.
--
-- All in the caller's transaction or nothing. The history stays verifiable: an event that loses
-- its words keeps its row and its digest, loses its salt and is recorded as erased
-- (docs/audit.md). For that it must be sealed: otherwise nothing is done and 'unsealed' tells of
-- how many; seal them and call again. Photos are marked here and nobody's from then on; whoever
-- removed their files removes their rows.
--   p_request: the request's own number, kept in the event 'erased', so that it is done once
CREATE FUNCTION geoapp.erase_report(p_city text, p_ticket text, p_actor text, p_request text)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    erased_ids bigint[];
    moment timestamptz := clock_timestamp();
    unsealed bigint;
    told jsonb;
    events bigint;
    photos bigint;
    contacts bigint;
    gone record;
BEGIN
    IF p_city IS DISTINCT FROM nullif(current_setting('geoapp.city', true), '') THEN
        RAISE EXCEPTION 'another city';
    END IF;
    SELECT array_agg(locked.id) INTO erased_ids
    FROM (SELECT complaint.id FROM geoapp.complaint
          WHERE complaint.city_code = p_city
            AND complaint.id IN (SELECT geoapp.one_report(p_city, p_ticket))
          ORDER BY complaint.id
          FOR UPDATE) AS locked;
    IF erased_ids IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO unsealed
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = p_city AND event.complaint_id = ANY (erased_ids)
      AND geoapp.without_words(event.data) <> event.data
      AND NOT EXISTS (SELECT FROM geoapp.event_digest AS digest
                      WHERE digest.city_code = p_city AND digest.event_id = event.id);
    IF unsealed > 0 THEN
        RETURN jsonb_build_object('unsealed', unsealed);
    END IF;

    WITH blanked AS (
        UPDATE geoapp.complaint_event AS event
        SET data = geoapp.without_words(event.data)
        WHERE event.city_code = p_city AND event.complaint_id = ANY (erased_ids)
          AND geoapp.without_words(event.data) <> event.data
        RETURNING event.id
    ), unsalted AS (
        UPDATE geoapp.event_digest AS digest
        SET salt = NULL
        FROM blanked
        WHERE digest.city_code = p_city AND digest.event_id = blanked.id
        RETURNING digest.event_id
    ), noted AS (
        INSERT INTO geoapp.erasure (city_code, event_id, at, actor, reason)
        SELECT p_city, event_id, moment, p_actor, 'request ' || p_request FROM unsalted
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO events FROM unsalted;

    UPDATE geoapp.assignment
    SET reason = NULL, edge_distance_m = NULL, alternatives = '[]', road = NULL,
        kelurahan_code = CASE WHEN complaint.shown_within_m = 0
                                OR assignment.kelurahan_code = complaint.public_kelurahan_code
                              THEN assignment.kelurahan_code END
    FROM geoapp.complaint
    WHERE assignment.city_code = p_city AND assignment.complaint_id = ANY (erased_ids)
      AND complaint.city_code = p_city AND complaint.id = assignment.complaint_id;

    -- A person who has the same problem as their own merged report was counted once, and is.
    FOR gone IN
        SELECT sender.complaint_id, sender.person, coalesce(complaint.duplicate_of, complaint.id) AS head
        FROM geoapp.complaint_sender AS sender
        JOIN geoapp.complaint
          ON complaint.city_code = sender.city_code AND complaint.id = sender.complaint_id
        WHERE sender.city_code = p_city AND sender.complaint_id = ANY (erased_ids)
          AND sender.person NOT LIKE 'gone:%'
    LOOP
        PERFORM geoapp.forget_person(p_city, gone.head, gone.person);
    END LOOP;

    WITH cleared AS (
        UPDATE geoapp.contact
        SET name_sealed = NULL, email_sealed = NULL, phone_sealed = NULL, email_digest = NULL,
            phone_digest = NULL, language = DEFAULT, erased_at = moment, erased_for = 'request'
        WHERE city_code = p_city AND complaint_id = ANY (erased_ids) AND role = 'reporter'
          AND erased_at IS NULL
        RETURNING id
    )
    SELECT count(*) INTO contacts FROM cleared;
    -- Who looked and when stays; what they wrote of it may name the person.
    UPDATE geoapp.contact_access SET purpose = 'erased'
    FROM geoapp.contact
    WHERE contact_access.city_code = p_city AND contact_access.complaint_id = ANY (erased_ids)
      AND contact.city_code = p_city AND contact.id = contact_access.contact_id
      AND contact.role = 'reporter';
    UPDATE geoapp.delivery
    SET state = CASE WHEN delivery.state IN ('waiting', 'sending') THEN 'dropped' ELSE delivery.state END,
        claimed_at = NULL, problem = NULL
    FROM geoapp.contact
    WHERE delivery.city_code = p_city AND delivery.complaint_id = ANY (erased_ids)
      AND contact.city_code = p_city AND contact.id = delivery.contact_id
      AND contact.role = 'reporter';
    UPDATE geoapp.rating SET words = '' WHERE city_code = p_city AND complaint_id = ANY (erased_ids);

    WITH marked AS (
        UPDATE geoapp.photo SET erased_at = moment
        WHERE city_code = p_city AND complaint_id = ANY (erased_ids) AND erased_at IS NULL
        RETURNING id
    )
    SELECT count(*) INTO photos FROM marked;

    DELETE FROM geoapp.intake_key
    USING geoapp.complaint
    WHERE intake_key.city_code = p_city AND complaint.city_code = p_city
      AND complaint.id = ANY (erased_ids)
      AND intake_key.answer ->> 'ticket' = complaint.ticket;

    -- The number another system gave it stays where it came from there by file: else the next
    -- file brought it back.
    WITH changed AS (
        UPDATE geoapp.complaint
        SET description = NULL, landmark = NULL, observed_at = NULL, accuracy_m = NULL,
            geom = public_geom, kelurahan_code = public_kelurahan_code,
            kecamatan_code = public_kecamatan_code,
            then_kelurahan_code = public_then_kelurahan_code,
            then_kecamatan_code = public_then_kecamatan_code,
            source = CASE WHEN channel IN ('import', 'sp4n', 'simulation') THEN source END,
            external_id = CASE WHEN channel IN ('import', 'sp4n', 'simulation') THEN external_id END,
            version = version + 1, updated_at = moment
        WHERE city_code = p_city AND id = ANY (erased_ids)
        RETURNING id, ticket
    ), noted AS (
        INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, at, actor, data)
        SELECT p_city, id, ticket, 'erased', moment, p_actor, jsonb_build_object('request', p_request)
        FROM changed
    )
    SELECT jsonb_build_object('tickets', jsonb_agg(ticket ORDER BY id)) INTO told FROM changed;
    RETURN told || jsonb_build_object('events', events, 'photos', photos, 'contacts', contacts);
END $$;

-- Another random mark in place of a person's, wherever it counts for the complaint or for what
-- was merged into it: counts stay what they are, and nobody is behind it.
CREATE FUNCTION geoapp.forget_person(p_city text, p_head bigint, p_person text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    instead text := 'gone:' || gen_random_uuid();
BEGIN
    UPDATE geoapp.complaint_sender AS sender SET person = instead
    FROM geoapp.complaint
    WHERE sender.city_code = p_city AND sender.person = p_person
      AND complaint.city_code = p_city AND complaint.id = sender.complaint_id
      AND p_head IN (complaint.id, complaint.duplicate_of);
    UPDATE geoapp.supporter SET person = instead
    FROM geoapp.complaint
    WHERE supporter.city_code = p_city AND supporter.person = p_person
      AND complaint.city_code = p_city AND complaint.id = supporter.complaint_id
      AND p_head IN (complaint.id, complaint.duplicate_of);
END $$;

-- Whom a recorded breach concerns, for the administrator who writes to them: sealed addresses,
-- each noted as read. No row for anybody else.
CREATE FUNCTION geoapp.breach_contacts(p_city text, p_request bigint)
RETURNS TABLE (contact_id bigint, ticket text, role text, language text,
               name_sealed bytea, email_sealed bytea, phone_sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_city IS DISTINCT FROM nullif(current_setting('geoapp.city', true), '')
       OR current_setting('geoapp.administers', true) IS DISTINCT FROM 'on' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH concerned AS (
        SELECT contact.id, contact.complaint_id, complaint.ticket, contact.role, contact.language,
               contact.name_sealed, contact.email_sealed, contact.phone_sealed
        FROM geoapp.privacy_request AS request
        CROSS JOIN LATERAL jsonb_array_elements_text(request.data -> 'contacts') AS wanted (id)
        JOIN geoapp.contact
          ON contact.city_code = request.city_code AND contact.id = wanted.id::bigint
        JOIN geoapp.complaint
          ON complaint.city_code = contact.city_code AND complaint.id = contact.complaint_id
        WHERE request.city_code = p_city AND request.id = p_request AND request.kind = 'breach'
          AND contact.erased_at IS NULL
    ), noted AS (
        INSERT INTO geoapp.contact_access (city_code, contact_id, complaint_id, actor, purpose)
        SELECT p_city, concerned.id, concerned.complaint_id,
               'account:' || current_setting('geoapp.account', true),
               'breach notice ' || (SELECT count(*) FROM geoapp.privacy_request AS earlier
                                    WHERE earlier.city_code = p_city AND earlier.kind = 'breach'
                                      AND earlier.id <= p_request)
        FROM concerned
    )
    SELECT concerned.id, concerned.ticket, concerned.role, concerned.language,
           concerned.name_sealed, concerned.email_sealed, concerned.phone_sealed
    FROM concerned ORDER BY concerned.ticket, concerned.id;
END $$;

REVOKE EXECUTE ON FUNCTION geoapp.one_report(text, text), geoapp.forget_person(text, bigint, text),
    geoapp.erase_report(text, text, text, text), geoapp.breach_contacts(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.one_report(text, text), geoapp.forget_person(text, bigint, text),
    geoapp.erase_report(text, text, text, text) TO geoapp_worker;
GRANT EXECUTE ON FUNCTION geoapp.breach_contacts(text, bigint) TO geoapp_admin;
