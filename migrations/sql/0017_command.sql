-- The command center: filters that staff keeps by name, published figures of inhabitants, and
-- what the listener tells staff.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.saved_filter (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    name text NOT NULL CHECK (name <> '' AND length(name) <= 100),
    -- a filter as an address carries it; what it may hold is checked where it is kept
    query text NOT NULL,
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_code, id),
    CONSTRAINT saved_filter_name UNIQUE (city_code, account_id, name),
    FOREIGN KEY (city_code, account_id) REFERENCES geoapp.account (city_code, id)
);

-- Who reads figures: its own filters and those that are shared. Changed by whoever made them;
-- what is shared by the city's administrators, too.
CREATE FUNCTION geoapp.reads_numbers() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM geoapp.account_grant
        WHERE city_code = nullif(current_setting('geoapp.city', true), '')
          AND account_id = nullif(current_setting('geoapp.account', true), '')::bigint
          AND revoked_at IS NULL AND role <> 'field_officer')
$$;
REVOKE EXECUTE ON FUNCTION geoapp.reads_numbers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.reads_numbers() TO geoapp_staff;

ALTER TABLE geoapp.saved_filter ENABLE ROW LEVEL SECURITY;
CREATE POLICY staff_reads ON geoapp.saved_filter FOR SELECT TO geoapp_staff USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT geoapp.reads_numbers())
    AND (shared OR account_id = (SELECT nullif(current_setting('geoapp.account', true), '')::bigint)));
CREATE POLICY staff_keeps ON geoapp.saved_filter FOR INSERT TO geoapp_staff WITH CHECK (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT geoapp.reads_numbers())
    AND account_id = (SELECT nullif(current_setting('geoapp.account', true), '')::bigint));
DO $$
DECLARE
    mine text := 'city_code = (SELECT nullif(current_setting(''geoapp.city'', true), ''''))'
        ' AND (SELECT geoapp.reads_numbers())'
        ' AND (account_id = (SELECT nullif(current_setting(''geoapp.account'', true), '''')::bigint)'
        ' OR (shared AND (SELECT current_setting(''geoapp.administers'', true)) = ''on''))';
BEGIN
    EXECUTE format('CREATE POLICY staff_changes ON geoapp.saved_filter FOR UPDATE TO geoapp_staff'
                   ' USING (%s)', mine);
    EXECUTE format('CREATE POLICY staff_removes ON geoapp.saved_filter FOR DELETE TO geoapp_staff'
                   ' USING (%s)', mine);
END $$;
CREATE POLICY worker_all ON geoapp.saved_filter TO geoapp_worker USING (true);
GRANT SELECT, DELETE ON geoapp.saved_filter TO geoapp_staff;
GRANT INSERT (city_code, account_id, name, query, shared) ON geoapp.saved_filter TO geoapp_staff;
GRANT UPDATE (name, query, shared, changed_at) ON geoapp.saved_filter TO geoapp_staff;
-- Codes that are gone with a set of boundaries are mapped when it comes into force.
GRANT SELECT ON geoapp.saved_filter TO geoapp_worker;
GRANT UPDATE (query, changed_at) ON geoapp.saved_filter TO geoapp_worker;

-- How many people live in a kelurahan, as somebody published it.
CREATE TABLE geoapp.inhabitants (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    kelurahan_code text COLLATE "C" NOT NULL,
    inhabitants integer NOT NULL CHECK (inhabitants > 0),
    source text NOT NULL CHECK (source <> ''),
    as_of date NOT NULL,
    PRIMARY KEY (city_code, kelurahan_code)
);
GRANT SELECT ON geoapp.inhabitants TO geoapp_staff, geoapp_worker, geoapp_visitor;
GRANT INSERT, UPDATE, DELETE ON geoapp.inhabitants TO geoapp_worker;
