-- Who has the same problem. People have no accounts: a browser is known by a keyed hash of a
-- random mark it keeps, which tells nothing about whose it is.
SET LOCAL lock_timeout = '5s';

-- Which browser sent a complaint: it can't support its own.
CREATE TABLE geoapp.complaint_sender (
    city_code text COLLATE "C" NOT NULL,
    complaint_id bigint NOT NULL,
    person text COLLATE "C" NOT NULL CHECK (person <> ''),
    PRIMARY KEY (city_code, complaint_id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX complaint_sender_person ON geoapp.complaint_sender (city_code, person);

CREATE TABLE geoapp.supporter (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    person text COLLATE "C" NOT NULL CHECK (person <> ''),
    supported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT supporter_once UNIQUE (city_code, complaint_id, person),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX supporter_person ON geoapp.supporter (city_code, person);

-- Two that look alike and aren't the same: somebody looked. The lower number first.
CREATE TABLE geoapp.not_duplicate (
    city_code text COLLATE "C" NOT NULL,
    first_id bigint NOT NULL,
    second_id bigint NOT NULL,
    said_by text NOT NULL,
    said_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, first_id, second_id),
    FOREIGN KEY (city_code, first_id) REFERENCES geoapp.complaint (city_code, id),
    FOREIGN KEY (city_code, second_id) REFERENCES geoapp.complaint (city_code, id),
    CHECK (first_id < second_id)
);
CREATE INDEX not_duplicate_second ON geoapp.not_duplicate (city_code, second_id);

-- People beside the reporter who have the same problem, each counted once; with those of the
-- complaints that were merged into it.
ALTER TABLE geoapp.complaint
    ADD COLUMN supporters integer NOT NULL DEFAULT 0 CHECK (supporters >= 0);

CREATE OR REPLACE VIEW geoapp.complaint_public AS
SELECT city_code, id, ticket, service_code, group_code,
       -- what was set aside as junk keeps its place in the counts, not its words
       CASE WHEN status <> 'rejected' THEN description END AS description,
       CASE WHEN status <> 'rejected' AND shown_within_m = 0 THEN landmark END AS landmark,
       status, submitted_at, due_at, resolved_at, closed_at, location_kind,
       public_geom AS geom, public_tile18 AS tile18, shown_within_m, kelurahan_set,
       public_kelurahan_code AS kelurahan_code, public_kecamatan_code AS kecamatan_code,
       agency_code, simulated,
       nullif(coalesce(public_then_kelurahan_code, public_kelurahan_code), '') AS then_kelurahan_code,
       nullif(coalesce(public_then_kecamatan_code, public_kecamatan_code), '') AS then_kecamatan_code,
       supporters
FROM geoapp.complaint
WHERE NOT confidential;

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
       road_set, road_code, authority_offer, supporters
FROM geoapp.complaint;

ALTER TABLE geoapp.complaint_sender ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.supporter ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.not_duplicate ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.complaint_sender TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.supporter TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.not_duplicate TO geoapp_worker USING (true);
CREATE POLICY intake_writes ON geoapp.complaint_sender FOR INSERT TO geoapp_intake
    WITH CHECK (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
                AND geoapp.is_at_hand(city_code, complaint_id,
                                      current_setting('geoapp.ticket', true)));
CREATE POLICY staff_reads ON geoapp.not_duplicate FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
CREATE POLICY staff_writes ON geoapp.not_duplicate FOR INSERT TO geoapp_staff WITH CHECK (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT current_setting('geoapp.writes_all', true)) = 'on'
    AND said_by = (SELECT 'account:' || nullif(current_setting('geoapp.account', true), '')));
GRANT INSERT ON geoapp.complaint_sender TO geoapp_intake;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON geoapp.complaint_sender, geoapp.supporter, geoapp.not_duplicate TO geoapp_worker;
GRANT SELECT ON geoapp.not_duplicate TO geoapp_staff;
GRANT INSERT (city_code, first_id, second_id, said_by) ON geoapp.not_duplicate TO geoapp_staff;

-- How many people beside its sender have the problem that a complaint tells: who said so, and
-- who reported or supported what was merged into it. Of a confidential one nobody is counted,
-- neither its sender nor its supporters: the figure is public, and a figure that moves when
-- something confidential is merged would tell that it is there, and where. Who sent a
-- complaint by telephone or letter isn't known, so nobody is counted for it either.
CREATE FUNCTION geoapp.supporters_of(p_city text, p_complaint bigint)
RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH family AS (
        SELECT p_complaint AS id
        UNION ALL
        SELECT id
        FROM geoapp.complaint
        WHERE city_code = p_city AND duplicate_of = p_complaint AND NOT confidential
    ), said AS (
        SELECT person
        FROM geoapp.supporter
        WHERE city_code = p_city AND withdrawn_at IS NULL
          AND complaint_id IN (SELECT id FROM family)
        UNION
        SELECT person
        FROM geoapp.complaint_sender
        WHERE city_code = p_city
          AND complaint_id IN (SELECT id FROM family WHERE id <> p_complaint)
    )
    SELECT cast(count(*) AS integer)
    FROM said
    WHERE person NOT IN (
        SELECT sent.person
        FROM geoapp.complaint_sender AS sent
        WHERE sent.city_code = p_city AND sent.complaint_id = p_complaint)
$$;
REVOKE EXECUTE ON FUNCTION geoapp.supporters_of(text, bigint) FROM PUBLIC;

-- Counts them anew; whether the figure changed. With the owner's rights: who was merged with
-- whom and who said what is nobody's to read. Anybody may ask: it only ever writes what is so.
CREATE FUNCTION geoapp.count_supporters(p_city text, p_complaint bigint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counted integer := geoapp.supporters_of(p_city, p_complaint);
BEGIN
    UPDATE geoapp.complaint
    SET supporters = counted
    WHERE city_code = p_city
      AND city_code = nullif(current_setting('geoapp.city', true), '')
      AND id = p_complaint
      AND supporters <> counted;
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.count_supporters(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.count_supporters(text, bigint)
    TO geoapp_intake, geoapp_staff, geoapp_worker;

-- Whether the sender of a public complaint had their data erased: nobody joins it any more. Its
-- sender isn't known among those who would, and of what happened only service and day are left.
CREATE FUNCTION geoapp.is_erased(p_city text, p_ticket text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM geoapp.complaint
        JOIN geoapp.complaint_event AS event
          ON event.city_code = complaint.city_code AND event.complaint_id = complaint.id
         AND event.kind = 'erased'
        WHERE complaint.city_code = p_city
          AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
          AND complaint.ticket = p_ticket
          AND NOT complaint.confidential AND complaint.status <> 'rejected')
$$;
REVOKE EXECUTE ON FUNCTION geoapp.is_erased(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.is_erased(text, text) TO geoapp_intake;

-- "Me too", or not any more. What became of it: new, again, own, withdrawn, none; or why it
-- can't be: merged (into *lead*, if that is public), finished, erased. No row: nothing public
-- has this ticket. The row is kept from everybody else before anything is looked at, and its
-- lead with it in the order of their ids, as for the steps of staff: of many at once each sees
-- what the one before has written. Its version stays: a tap of a citizen stops nobody's work.
CREATE FUNCTION geoapp.support(p_city text, p_ticket text, p_person text, p_wanted boolean)
RETURNS TABLE (result text, status text, lead text, supporters integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    here record;
    told text;
    counting bigint;
BEGIN
    PERFORM FROM geoapp.complaint
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.id = ANY (ARRAY(
          SELECT unnest(ARRAY[named.id, named.duplicate_of])
          FROM geoapp.complaint AS named
          WHERE named.city_code = p_city AND named.ticket = p_ticket))
    ORDER BY complaint.id
    FOR NO KEY UPDATE;
    SELECT complaint.id, complaint.ticket, complaint.status, complaint.duplicate_of INTO here
    FROM geoapp.complaint
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND NOT complaint.confidential;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF p_wanted THEN
        told := CASE
            WHEN here.status = 'duplicate' THEN 'merged'
            WHEN here.status <> ALL (ARRAY['submitted', 'verified', 'assigned', 'in_progress',
                                           'on_hold', 'reopened']) THEN 'finished'
            WHEN geoapp.is_erased(p_city, here.ticket) THEN 'erased'
            WHEN EXISTS (SELECT FROM geoapp.complaint_sender AS sent
                         WHERE sent.city_code = p_city AND sent.complaint_id = here.id
                           AND sent.person = p_person) THEN 'own'
            ELSE 'again' END;
        IF told = 'again' THEN
            INSERT INTO geoapp.supporter AS held (city_code, complaint_id, person)
            VALUES (p_city, here.id, p_person)
            ON CONFLICT ON CONSTRAINT supporter_once DO UPDATE
            SET supported_at = clock_timestamp(), withdrawn_at = NULL
            WHERE held.withdrawn_at IS NOT NULL;
        END IF;
    ELSE
        UPDATE geoapp.supporter AS held
        SET withdrawn_at = clock_timestamp()
        WHERE held.city_code = p_city AND held.person = p_person AND held.withdrawn_at IS NULL
          AND held.complaint_id IN (
              SELECT here.id
              UNION ALL
              SELECT merged.id FROM geoapp.complaint AS merged
              WHERE merged.city_code = p_city AND merged.duplicate_of = here.id
                AND NOT merged.confidential);
        told := CASE WHEN FOUND THEN 'withdrawn' ELSE 'none' END;
    END IF;
    FOR counting IN SELECT unnest(ARRAY[here.id, here.duplicate_of]) LOOP
        CONTINUE WHEN counting IS NULL OR NOT geoapp.count_supporters(p_city, counting);
        IF told = 'again' THEN
            told := 'new';
        END IF;
        INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
        SELECT counted.city_code, counted.id, counted.ticket, 'support', 'citizen',
               jsonb_build_object('supporters', counted.supporters)
        FROM geoapp.complaint AS counted
        WHERE counted.city_code = p_city AND counted.id = counting;
    END LOOP;
    RETURN QUERY
        SELECT told, stored.status, led.lead, stored.supporters
        FROM geoapp.complaint AS stored
        LEFT JOIN geoapp.complaint_lead_public AS led
               ON led.city_code = stored.city_code AND led.ticket = stored.ticket
        WHERE stored.city_code = p_city AND stored.id = here.id;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.support(text, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.support(text, text, text, boolean) TO geoapp_intake;

-- The runs of three letters in a text's words, each once: what two texts share of them tells how
-- alike they are, whatever the words' endings are and however they are misspelt.
CREATE FUNCTION geoapp.trigrams(p_text text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT substr(word.padded, place, 3)), '{}')
    FROM regexp_split_to_table(lower(left(p_text, 1000)), '[^[:alnum:]]+') AS found (letters)
    CROSS JOIN LATERAL (SELECT '  ' || found.letters || ' ' AS padded) AS word
    CROSS JOIN LATERAL generate_series(1, length(word.padded) - 2) AS place
    WHERE found.letters <> ''
$$;

-- What share of all their runs of three letters two texts have in common: 0 to 1.
CREATE FUNCTION geoapp.alike_words(p_one text[], p_other text[])
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(shared.number / nullif(
        cardinality(p_one) + cardinality(p_other) - shared.number, 0), 0)
    FROM (SELECT cast(count(*) AS double precision) AS number
          FROM (SELECT unnest(p_one) INTERSECT SELECT unnest(p_other)) AS both_have) AS shared
$$;
