-- The history in batches that nobody can change unseen; a new life for a restored feed;
-- cities that are there for practice alone.
SET LOCAL lock_timeout = '5s';

-- A city to learn on: a copy of a real one, marked on every page, removed and made anew at
-- will. Nothing but such a city is ever removed.
ALTER TABLE geoapp.city ADD COLUMN practice boolean NOT NULL DEFAULT false;

-- One row per batch of events. Its hash covers the seal before it and the digests of its
-- events in order: docs/audit.md gives every byte. Published outside the database.
CREATE TABLE geoapp.seal (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    number bigint NOT NULL CHECK (number > 0),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    first_ordinal bigint NOT NULL,
    last_ordinal bigint NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    sealed_at timestamptz NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (city_code, number),
    CHECK (last_ordinal - first_ordinal = count - 1)
);

-- Each sealed event's place in its city's order, and what its contents were. The salt keeps
-- the contents from being guessed once they are erased; then it goes too.
-- No key refers to the event: it would write into every row of the history that is sealed.
CREATE TABLE geoapp.event_digest (
    city_code text COLLATE "C" NOT NULL,
    event_id bigint NOT NULL,
    seal_number bigint NOT NULL,
    ordinal bigint NOT NULL CHECK (ordinal > 0),
    salt bytea CHECK (octet_length(salt) = 16),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (city_code, event_id),
    CONSTRAINT event_digest_ordinal UNIQUE (city_code, ordinal),
    FOREIGN KEY (city_code, seal_number) REFERENCES geoapp.seal (city_code, number)
);

-- Whose contents were erased, by whom and why: such an event keeps its row and its digest.
CREATE TABLE geoapp.erasure (
    city_code text COLLATE "C" NOT NULL,
    event_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (city_code, event_id),
    FOREIGN KEY (city_code, event_id) REFERENCES geoapp.event_digest (city_code, event_id)
);

-- One value of what is hashed: its length in bytes, a colon, its bytes, a comma; nothing is
-- "-,". So no two lists of values ever give the same bytes.
CREATE FUNCTION geoapp.netstring(p_value text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_value IS NULL THEN '\x2d2c'::bytea
        ELSE convert_to(octet_length(convert_to(p_value, 'UTF8')) || ':' || p_value || ',', 'UTF8')
    END
$$;

-- What is sealed of an event: everything that tells the history, and not the transaction,
-- which is another one after a restore.
CREATE FUNCTION geoapp.event_content(p_event geoapp.complaint_event) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT geoapp.netstring('geoapp-event-1')
        || geoapp.netstring(p_event.city_code)
        || geoapp.netstring(p_event.id::text)
        || geoapp.netstring(p_event.complaint_id::text)
        || geoapp.netstring(p_event.ticket)
        || geoapp.netstring(p_event.kind)
        || geoapp.netstring(p_event.status)
        || geoapp.netstring((extract(epoch FROM p_event.at) * 1000000)::bigint::text)
        || geoapp.netstring(p_event.actor)
        || geoapp.netstring(p_event.data::text)
$$;

ALTER TABLE geoapp.event_digest ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.erasure ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.event_digest TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.erasure TO geoapp_worker USING (true);
-- Auditors: whoever reads everything.
CREATE POLICY auditors ON geoapp.event_digest FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.reads_all', true)) = 'on');
CREATE POLICY auditors ON geoapp.erasure FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.reads_all', true)) = 'on');

-- Seals are public; digests and salts aren't. Nobody but the owner changes or removes any.
GRANT SELECT ON geoapp.seal TO geoapp_visitor, geoapp_staff, geoapp_worker;
GRANT SELECT (city_code, event_id, seal_number, ordinal) ON geoapp.event_digest TO geoapp_staff;
GRANT SELECT ON geoapp.erasure TO geoapp_staff, geoapp_worker;
GRANT SELECT ON geoapp.event_digest TO geoapp_worker;
GRANT INSERT ON geoapp.seal, geoapp.event_digest TO geoapp_worker;

-- Begins a new life of the feed, after a restore into another cluster: that one's
-- transactions may have lower numbers than those the rows carry, which would hide the rows
-- from the feed for ever and put new events before old ones.
--
-- Every event gets the number of its run: events in feed order whose ids go up share one.
-- So the order stays, few numbers are needed, and all lie below what the cluster has
-- reached; where it hasn't, transactions are spent until it has. Feed cursors of the old
-- life are void: the epoch is a new one. Seals stand: what they cover isn't touched.
--
-- The owner calls it, outside a transaction (CALL geoapp.begin_epoch()), with nobody else
-- at work.
CREATE PROCEDURE geoapp.begin_epoch() LANGUAGE plpgsql AS $$
DECLARE
    runs bigint;
BEGIN
    SELECT 3 + count(*) INTO runs
    FROM (SELECT id < lag(id) OVER (ORDER BY xid, id) AS begins FROM geoapp.complaint_event) AS step
    WHERE begins;
    WHILE pg_current_xact_id() <= (runs + 1)::text::xid8 LOOP
        COMMIT;
    END LOOP;
    UPDATE geoapp.complaint_event AS event
    SET xid = placed.run::text::xid8
    FROM (SELECT city_code, id, 3 + count(*) FILTER (WHERE begins) OVER (ORDER BY xid, id) AS run
          FROM (SELECT city_code, xid, id, id < lag(id) OVER (ORDER BY xid, id) AS begins
                FROM geoapp.complaint_event) AS step) AS placed
    WHERE event.city_code = placed.city_code AND event.id = placed.id;
    UPDATE geoapp.feed_epoch SET epoch = gen_random_uuid();
    COMMIT;
END $$;
REVOKE EXECUTE ON PROCEDURE geoapp.begin_epoch() FROM PUBLIC;

-- As in 0001, with PostGIS's functions named whole: pg_restore empties the search path, and
-- the generated columns call this one while rows come in.
CREATE OR REPLACE FUNCTION geoapp.tile18(point public.geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    phi double precision := radians(greatest(-85.0511287798066, least(85.0511287798066, public.ST_Y(point))));
    x bigint := greatest(0, least(262143, floor((public.ST_X(point) + 180) / 360 * 262144)::bigint));
    y bigint := greatest(0, least(262143, floor((1 - ln(tan(phi) + 1 / cos(phi)) / pi()) / 2 * 262144)::bigint));
BEGIN
    x := (x | (x << 16)) & 281470681808895;        -- 0x0000FFFF0000FFFF
    x := (x | (x << 8)) & 71777214294589695;       -- 0x00FF00FF00FF00FF
    x := (x | (x << 4)) & 1085102592571150095;     -- 0x0F0F0F0F0F0F0F0F
    x := (x | (x << 2)) & 3689348814741910323;     -- 0x3333333333333333
    x := (x | (x << 1)) & 6148914691236517205;     -- 0x5555555555555555
    y := (y | (y << 16)) & 281470681808895;
    y := (y | (y << 8)) & 71777214294589695;
    y := (y | (y << 4)) & 1085102592571150095;
    y := (y | (y << 2)) & 3689348814741910323;
    y := (y | (y << 1)) & 6148914691236517205;
    RETURN x | (y << 1);
END $$;
