-- Accounts, what they may do where, their sessions and keys. One city's accounts are
-- nobody else's: the same person in two cities has two.
SET LOCAL lock_timeout = '5s';

DO $$
DECLARE
    wanted text;
BEGIN
    -- Of staff one role for each kind of reach: they inherit all that geoapp_staff may, and each
    -- has a policy of its own for reading complaints (0004).
    FOREACH wanted IN ARRAY ARRAY['geoapp_staff', 'geoapp_accounts', 'geoapp_admin',
        'geoapp_staff_everything', 'geoapp_staff_agency', 'geoapp_staff_kelurahan',
        'geoapp_staff_agency_kelurahan', 'geoapp_staff_mixed']
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server made it a moment ago
        END;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'geoapp_app')
           AND NOT pg_has_role('geoapp_app', wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO geoapp_app', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
        IF starts_with(wanted, 'geoapp_staff_') AND NOT pg_has_role(wanted, 'geoapp_staff', 'USAGE') THEN
            EXECUTE format('GRANT geoapp_staff TO %I', wanted);
        END IF;
    END LOOP;
END $$;

-- A machine has no password and no address; it comes with an API key.
CREATE TABLE geoapp.account (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'machine')),
    name text NOT NULL CHECK (name <> ''),
    email text COLLATE "C" CHECK (email = lower(email)),
    active boolean NOT NULL DEFAULT true,
    password_hash text,
    -- what a session cookie names; a new one ends every session at once
    uniquifier text COLLATE "C" NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
    totp_secret text,
    totp_method text,
    -- the last time step a code was taken for: no code counts twice
    totp_counter bigint,
    recovery_codes text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT account_email UNIQUE (city_code, email),
    CONSTRAINT account_uniquifier UNIQUE (uniquifier),
    CHECK ((kind = 'person') = (email IS NOT NULL)),
    CHECK (kind = 'person' OR password_hash IS NULL)
);

-- Role x agency x areas. No agency: all of them; no areas: the whole city.
CREATE TABLE geoapp.account_grant (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN
        ('operator', 'agency_admin', 'agency_head', 'field_officer', 'city_admin', 'auditor')),
    agency_code text COLLATE "C",
    kelurahan_codes text[] NOT NULL DEFAULT '{}',
    kecamatan_codes text[] NOT NULL DEFAULT '{}',
    service_area_codes text[] NOT NULL DEFAULT '{}',
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, account_id) REFERENCES geoapp.account (city_code, id),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code),
    CHECK (role NOT IN ('agency_admin', 'agency_head') OR agency_code IS NOT NULL),
    CHECK (role NOT IN ('operator', 'city_admin', 'auditor')
           OR (agency_code IS NULL AND kelurahan_codes = '{}' AND kecamatan_codes = '{}'
               AND service_area_codes = '{}')),
    CHECK (role <> 'field_officer' OR agency_code IS NOT NULL OR kelurahan_codes <> '{}'
           OR kecamatan_codes <> '{}' OR service_area_codes <> '{}')
);
CREATE INDEX account_grant_account
    ON geoapp.account_grant (city_code, account_id) WHERE revoked_at IS NULL;

-- One row per signed-in browser, found by the digest of what its cookie holds.
CREATE TABLE geoapp.account_session (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    token_sha256 text COLLATE "C" NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT account_session_token UNIQUE (token_sha256),
    FOREIGN KEY (city_code, account_id) REFERENCES geoapp.account (city_code, id)
);
CREATE INDEX account_session_account ON geoapp.account_session (city_code, account_id);

-- A link that lets its holder set a password, once. Only the digest is kept.
CREATE TABLE geoapp.invitation (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    token_sha256 text COLLATE "C" NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT invitation_token UNIQUE (token_sha256),
    FOREIGN KEY (city_code, account_id) REFERENCES geoapp.account (city_code, id)
);
CREATE INDEX invitation_account ON geoapp.invitation (city_code, account_id);

CREATE TABLE geoapp.api_key (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    -- the beginning of the key, so that its owner recognises it in a list
    hint text NOT NULL,
    key_sha256 text COLLATE "C" NOT NULL,
    scopes text[] NOT NULL CHECK (
        scopes <> '{}' AND scopes <@ ARRAY['intake', 'read', 'act']),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT api_key_digest UNIQUE (key_sha256),
    FOREIGN KEY (city_code, account_id) REFERENCES geoapp.account (city_code, id)
);
CREATE INDEX api_key_account ON geoapp.api_key (city_code, account_id);

-- Who changed people, the catalogue or the calendar, and how. Append-only.
CREATE TABLE geoapp.admin_event (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    kind text NOT NULL CHECK (kind <> ''),
    subject text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (city_code, id)
);

-- Says, for the rest of the transaction, what the account in geoapp.account may read and
-- write in geoapp.city: settings that the policies compare plain columns with. An unknown,
-- inactive or foreign account gets nothing.
--   geoapp.{reads,writes}_all          'on' or ''
--   geoapp.{reads,writes}_agencies     array literal of agencies, whole
--   geoapp.{reads,writes}_kelurahan    of areas, whichever agency; _kecamatan, _service_areas
--   geoapp.{reads,writes}_pairs        'agency/k:code', 'agency/c:code', 'agency/s:code'
--   geoapp.reads_pair_agency,          the same once more where all pairs are kelurahan of one
--   geoapp.reads_pair_kelurahan        agency; else ''
--   geoapp.administers                 'on' or ''
-- Returns the role of staff whose policy for reading is the shortest that says all of it.
CREATE FUNCTION geoapp.act_as() RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    acting_city text := nullif(current_setting('geoapp.city', true), '');
    acting_account bigint := nullif(current_setting('geoapp.account', true), '')::bigint;
    verb text;
    held record;
    reach text;
BEGIN
    FOREACH verb IN ARRAY ARRAY['writes', 'reads'] LOOP
        SELECT coalesce(bool_or(
                   account_grant.agency_code IS NULL AND NOT area.limited), false) AS everything,
               coalesce(array_agg(DISTINCT account_grant.agency_code) FILTER (
                   WHERE account_grant.agency_code IS NOT NULL AND NOT area.limited), '{}') AS agencies,
               coalesce(array_agg(DISTINCT area.code) FILTER (
                   WHERE account_grant.agency_code IS NULL AND area.layer = 'k'), '{}') AS kelurahan,
               coalesce(array_agg(DISTINCT area.code) FILTER (
                   WHERE account_grant.agency_code IS NULL AND area.layer = 'c'), '{}') AS kecamatan,
               coalesce(array_agg(DISTINCT area.code) FILTER (
                   WHERE account_grant.agency_code IS NULL AND area.layer = 's'), '{}') AS service_areas,
               coalesce(array_agg(DISTINCT
                   account_grant.agency_code || '/' || area.layer || ':' || area.code) FILTER (
                   WHERE account_grant.agency_code IS NOT NULL AND area.limited), '{}') AS pairs,
               array_agg(DISTINCT account_grant.agency_code) FILTER (
                   WHERE account_grant.agency_code IS NOT NULL AND area.limited) AS pair_agencies,
               array_agg(DISTINCT area.code) FILTER (
                   WHERE account_grant.agency_code IS NOT NULL AND area.layer = 'k') AS pair_kelurahan,
               coalesce(bool_or(area.layer <> 'k') FILTER (
                   WHERE account_grant.agency_code IS NOT NULL), false) AS pairs_elsewhere,
               coalesce(bool_or(account_grant.role = 'city_admin'), false) AS administers
        INTO held
        FROM geoapp.account
        JOIN geoapp.account_grant
          ON account_grant.city_code = account.city_code
         AND account_grant.account_id = account.id
         AND account_grant.revoked_at IS NULL
        CROSS JOIN LATERAL (
            SELECT 'k' AS layer, code, true AS limited
            FROM unnest(account_grant.kelurahan_codes) AS code
            UNION ALL
            SELECT 'c', code, true FROM unnest(account_grant.kecamatan_codes) AS code
            UNION ALL
            SELECT 's', code, true FROM unnest(account_grant.service_area_codes) AS code
            UNION ALL
            SELECT NULL, NULL, false
            WHERE cardinality(account_grant.kelurahan_codes)
                + cardinality(account_grant.kecamatan_codes)
                + cardinality(account_grant.service_area_codes) = 0
        ) AS area
        WHERE account.city_code = acting_city
          AND account.id = acting_account
          AND account.active
          -- heads, admins and auditors look; they don't touch
          AND (verb = 'reads' OR account_grant.role IN ('operator', 'agency_admin', 'field_officer'));

        PERFORM set_config('geoapp.' || verb || '_all', CASE WHEN held.everything THEN 'on' ELSE '' END, true),
                set_config('geoapp.' || verb || '_agencies', held.agencies::text, true),
                set_config('geoapp.' || verb || '_kelurahan', held.kelurahan::text, true),
                set_config('geoapp.' || verb || '_kecamatan', held.kecamatan::text, true),
                set_config('geoapp.' || verb || '_service_areas', held.service_areas::text, true),
                set_config('geoapp.' || verb || '_pairs', held.pairs::text, true);
    END LOOP;
    -- Now of the last verb, reading.
    reach := CASE
        WHEN held.everything THEN 'everything'
        WHEN held.agencies || held.kelurahan || held.kecamatan || held.service_areas || held.pairs = '{}'
            THEN NULL
        WHEN held.agencies || held.kecamatan || held.service_areas || held.pairs = '{}' THEN 'kelurahan'
        WHEN held.kelurahan || held.kecamatan || held.service_areas || held.pairs = '{}'
            AND cardinality(held.agencies) = 1 THEN 'agency'
        WHEN held.agencies || held.kelurahan || held.kecamatan || held.service_areas = '{}'
            AND cardinality(held.pair_agencies) = 1 AND NOT held.pairs_elsewhere THEN 'agency_kelurahan'
        ELSE 'mixed'
    END;
    PERFORM set_config('geoapp.reads_pair_agency',
                       CASE reach WHEN 'agency_kelurahan' THEN held.pair_agencies[1] ELSE '' END, true),
            set_config('geoapp.reads_pair_kelurahan',
                       CASE reach WHEN 'agency_kelurahan' THEN held.pair_kelurahan::text ELSE '' END, true),
            set_config('geoapp.administers', CASE WHEN held.administers THEN 'on' ELSE '' END, true);
    RETURN concat_ws('_', 'geoapp_staff', reach);
END $$;

-- The policies' condition as a function, for functions that act with the owner's rights.
CREATE FUNCTION geoapp.in_scope(
    p_verb text, p_agency text, p_kelurahan text, p_kecamatan text, p_service_area text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        current_setting('geoapp.' || p_verb || '_all', true) = 'on'
        OR p_agency = ANY (nullif(current_setting('geoapp.' || p_verb || '_agencies', true), '')::text[])
        OR p_kelurahan = ANY (nullif(current_setting('geoapp.' || p_verb || '_kelurahan', true), '')::text[])
        OR p_kecamatan = ANY (nullif(current_setting('geoapp.' || p_verb || '_kecamatan', true), '')::text[])
        OR p_service_area = ANY (nullif(current_setting('geoapp.' || p_verb || '_service_areas', true), '')::text[])
        OR ARRAY[p_agency || '/k:' || p_kelurahan, p_agency || '/c:' || p_kecamatan,
                 p_agency || '/s:' || p_service_area]
           && nullif(current_setting('geoapp.' || p_verb || '_pairs', true), '')::text[], false)
$$;
REVOKE EXECUTE ON FUNCTION geoapp.act_as() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.act_as() TO geoapp_staff, geoapp_admin;

ALTER TABLE geoapp.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.account_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.account_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.admin_event ENABLE ROW LEVEL SECURITY;

-- The door: who knocks is looked up in the city of the address. Worker: commands and jobs.
-- Administrators sign what they make, and what was taken back or used stays so: a policy for
-- each verb, where one for all would let them undo it.
DO $$
DECLARE
    here text := 'city_code = (SELECT nullif(current_setting(''geoapp.city'', true), ''''))';
    office text := here || ' AND (SELECT current_setting(''geoapp.administers'', true)) = ''on''';
    me text := '(SELECT ''account:'' || nullif(current_setting(''geoapp.account'', true), ''''))';
    -- table, who made it, what ends it, what else a new one must be
    made text[][] := ARRAY[
        ['account_grant', 'granted_by', 'revoked_at', 'true'],
        ['invitation', 'created_by', 'used_at', 'true'],
        ['api_key', 'created_by', 'revoked_at',
         'EXISTS (SELECT FROM geoapp.account WHERE account.city_code = api_key.city_code'
         ' AND account.id = api_key.account_id AND account.kind = ''machine'')']];
    one text[];
    named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['account', 'account_session'] LOOP
        EXECUTE format('CREATE POLICY door ON geoapp.%I TO geoapp_accounts USING (%s)', named, here);
        EXECUTE format('CREATE POLICY worker_all ON geoapp.%I TO geoapp_worker USING (true)', named);
        EXECUTE format('CREATE POLICY administers ON geoapp.%I TO geoapp_admin USING (%s)',
                       named, office);
    END LOOP;
    FOREACH one SLICE 1 IN ARRAY made LOOP
        EXECUTE format('CREATE POLICY door_reads ON geoapp.%I FOR SELECT TO geoapp_accounts'
                       ' USING (%s)', one[1], here);
        EXECUTE format('CREATE POLICY worker_all ON geoapp.%I TO geoapp_worker USING (true)'
                       ' WITH CHECK (%s)', one[1], one[4]);
        EXECUTE format('CREATE POLICY administers_reads ON geoapp.%I FOR SELECT TO geoapp_admin'
                       ' USING (%s)', one[1], office);
        EXECUTE format('CREATE POLICY administers_makes ON geoapp.%I FOR INSERT TO geoapp_admin'
                       ' WITH CHECK (%s AND %I = %s AND %s)', one[1], office, one[2], me, one[4]);
        EXECUTE format('CREATE POLICY administers_ends ON geoapp.%I FOR UPDATE TO geoapp_admin'
                       ' USING (%s AND %I IS NULL) WITH CHECK (%s AND %I = now())',
                       one[1], office, one[3], office, one[3]);
    END LOOP;
    -- A link opens once; a key is noted as used.
    EXECUTE format('CREATE POLICY door_uses ON geoapp.invitation FOR UPDATE TO geoapp_accounts'
                   ' USING (%s AND used_at IS NULL) WITH CHECK (%s AND used_at = now())', here, here);
    EXECUTE format('CREATE POLICY door_uses ON geoapp.api_key FOR UPDATE TO geoapp_accounts'
                   ' USING (%s)', here);
    -- The log: everybody under their own name; at the door, of one's own account alone.
    EXECUTE format('CREATE POLICY door_logs ON geoapp.admin_event FOR INSERT TO geoapp_accounts'
                   ' WITH CHECK (%s AND actor = subject AND actor LIKE ''account:%%'''
                   ' AND kind LIKE ''account.%%'')', here);
    EXECUTE format('CREATE POLICY administers_reads ON geoapp.admin_event FOR SELECT'
                   ' TO geoapp_admin USING (%s)', office);
    EXECUTE format('CREATE POLICY administers_logs ON geoapp.admin_event FOR INSERT'
                   ' TO geoapp_admin WITH CHECK (%s AND actor = %s)', office, me);
    CREATE POLICY worker_all ON geoapp.admin_event TO geoapp_worker
        USING (true) WITH CHECK (actor = 'system');
END $$;
CREATE POLICY colleagues ON geoapp.account FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
CREATE POLICY colleagues ON geoapp.account_grant FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
-- Auditors read what was changed and by whom: whoever reads everything.
CREATE POLICY auditors ON geoapp.admin_event FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.reads_all', true)) = 'on');

GRANT USAGE ON SCHEMA geoapp TO geoapp_staff, geoapp_accounts, geoapp_admin;
GRANT SELECT ON geoapp.city, geoapp.holiday, geoapp.service_group, geoapp.agency,
    geoapp.agency_version, geoapp.service, geoapp.service_version, geoapp.boundary_set,
    geoapp.area, geoapp.area_piece, geoapp.service_area, geoapp.feed_epoch
    TO geoapp_staff, geoapp_accounts, geoapp_admin;

-- Only what is used, column by column. The door makes nobody and switches nobody on; an
-- administrator sets nobody's password and signs nobody in.
GRANT SELECT ON geoapp.account TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, kind, name, email) ON geoapp.account TO geoapp_admin, geoapp_worker;
GRANT UPDATE (password_hash, uniquifier, totp_secret, totp_method, totp_counter, recovery_codes,
              last_login_at) ON geoapp.account TO geoapp_accounts;
GRANT UPDATE (active, totp_secret, totp_method, totp_counter, recovery_codes)
    ON geoapp.account TO geoapp_admin;
GRANT UPDATE (active, password_hash, uniquifier, totp_secret, totp_method, totp_counter,
              recovery_codes) ON geoapp.account TO geoapp_worker;
GRANT SELECT (city_code, id, kind, name, active) ON geoapp.account TO geoapp_staff;
GRANT SELECT ON geoapp.account_grant TO geoapp_accounts, geoapp_staff;
GRANT SELECT ON geoapp.account_grant TO geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, account_id, role, agency_code, kelurahan_codes, kecamatan_codes,
              service_area_codes, granted_by)
    ON geoapp.account_grant TO geoapp_admin, geoapp_worker;
GRANT UPDATE (revoked_at) ON geoapp.account_grant TO geoapp_admin, geoapp_worker;
GRANT SELECT ON geoapp.account_session TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, account_id, token_sha256, user_agent)
    ON geoapp.account_session TO geoapp_accounts;
GRANT UPDATE (last_seen_at, ended_at) ON geoapp.account_session TO geoapp_accounts;
GRANT UPDATE (ended_at) ON geoapp.account_session TO geoapp_admin, geoapp_worker;
GRANT DELETE ON geoapp.account_session TO geoapp_worker;
GRANT SELECT ON geoapp.invitation TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, account_id, token_sha256, created_by, expires_at)
    ON geoapp.invitation TO geoapp_admin, geoapp_worker;
GRANT UPDATE (used_at) ON geoapp.invitation TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT SELECT ON geoapp.api_key TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, account_id, name, hint, key_sha256, scopes, created_by, expires_at)
    ON geoapp.api_key TO geoapp_admin, geoapp_worker;
GRANT UPDATE (last_used_at) ON geoapp.api_key TO geoapp_accounts;
GRANT UPDATE (revoked_at) ON geoapp.api_key TO geoapp_admin, geoapp_worker;
GRANT INSERT (city_code, actor, kind, subject, data) ON geoapp.admin_event
    TO geoapp_accounts, geoapp_admin, geoapp_worker;
GRANT SELECT ON geoapp.admin_event TO geoapp_admin, geoapp_worker, geoapp_staff;
GRANT SELECT, INSERT, UPDATE ON geoapp.rate_window TO geoapp_accounts;

-- The city admin's other tables. Everybody goes on reading them; only admins of the very
-- city write.
DO $$
DECLARE
    named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['holiday', 'agency', 'agency_version', 'service', 'service_version']
    LOOP
        EXECUTE format('ALTER TABLE geoapp.%I ENABLE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY everybody_reads ON geoapp.%I FOR SELECT USING (true)', named);
        EXECUTE format('CREATE POLICY worker_all ON geoapp.%I TO geoapp_worker USING (true)', named);
        EXECUTE format('CREATE POLICY administers ON geoapp.%I TO geoapp_admin USING'
            ' (city_code = (SELECT nullif(current_setting(''geoapp.city'', true), ''''))'
            ' AND (SELECT current_setting(''geoapp.administers'', true)) = ''on'')', named);
    END LOOP;
END $$;
GRANT INSERT, UPDATE, DELETE ON geoapp.holiday TO geoapp_admin;
GRANT INSERT, UPDATE ON geoapp.agency, geoapp.agency_version, geoapp.service,
    geoapp.service_version TO geoapp_admin;
