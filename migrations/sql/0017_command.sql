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

-- Events with their complaint as staff may see it, for the listener: which of its audiences
-- hears of which is decided by what grants cover. Events that move a complaint tell where it
-- was until then: of whom it was taken by the event itself, the place by the decision that held.
CREATE FUNCTION geoapp.feed_work(p_city text, p_events bigint[])
RETURNS TABLE (
    id bigint, ticket text, kind text, at timestamptz, version integer, service_code text,
    group_code text, status text, channel text, location_kind text, lon double precision,
    lat double precision, simulated boolean, confidential boolean, submitted_at timestamptz,
    due_at timestamptz, supporters integer, agency_code text, kelurahan_code text,
    kelurahan_name text, kecamatan_code text, service_area_code text, officer_id bigint,
    officer_name text, agency_before text, kelurahan_before text, kecamatan_before text,
    service_area_before text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT event.id, event.ticket, event.kind, event.at, complaint.version,
           complaint.service_code, complaint.group_code, complaint.status, complaint.channel,
           complaint.location_kind, public.ST_X(complaint.geom), public.ST_Y(complaint.geom),
           complaint.simulated, complaint.confidential, complaint.submitted_at,
           complaint.due_at, complaint.supporters, complaint.agency_code,
           complaint.kelurahan_code, area.name, complaint.kecamatan_code,
           complaint.service_area_code, complaint.officer_id, officer.name,
           moved.agency, moved.kelurahan, before_area.parent_code, held.service_area_code
    FROM geoapp.complaint_event AS event
    JOIN geoapp.complaint
      ON complaint.city_code = event.city_code AND complaint.id = event.complaint_id
    LEFT JOIN geoapp.account AS officer
      ON officer.city_code = complaint.city_code AND officer.id = complaint.officer_id
    LEFT JOIN LATERAL geoapp.area_told(
        complaint.city_code, complaint.kelurahan_set, complaint.kelurahan_code) AS area ON true
    LEFT JOIN LATERAL (
        SELECT decision.kelurahan_set, decision.kelurahan_code, decision.service_area_code
        FROM geoapp.assignment AS decision
        WHERE decision.city_code = event.city_code AND decision.complaint_id = event.complaint_id
          AND decision.decided_at <= event.at
          AND decision.agency_code
              = coalesce(event.data ->> 'agency_from', event.data #>> '{from,agency}')
          -- new boundaries tell the place too; what was decided in the same statement is another
          AND (NOT event.data ? 'from'
               OR decision.kelurahan_code IS NOT DISTINCT FROM event.data #>> '{from,kelurahan}')
        ORDER BY decision.id DESC
        LIMIT 1
    ) AS held ON event.kind = 'assignment'
    CROSS JOIN LATERAL (
        SELECT CASE WHEN event.kind = 'assignment' THEN
                   coalesce(event.data ->> 'agency_from', event.data #>> '{from,agency}') END AS agency,
               CASE WHEN event.data ? 'from' THEN event.data #>> '{from,kelurahan}'
                    ELSE held.kelurahan_code END AS kelurahan
    ) AS moved
    LEFT JOIN geoapp.area AS before_area
      ON before_area.city_code = event.city_code AND before_area.set_id = held.kelurahan_set
     AND before_area.code = held.kelurahan_code
    WHERE event.city_code = p_city AND event.id = ANY (p_events)
$$;
REVOKE EXECUTE ON FUNCTION geoapp.feed_work(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.feed_work(text, bigint[]) TO geoapp_listener;

-- What an account holds, as whoever asks may know it.
CREATE FUNCTION geoapp.grants_held(p_city text, p_account bigint) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', account_grant.id,
        'role', account_grant.role,
        'agency_code', account_grant.agency_code,
        'kelurahan', account_grant.kelurahan_codes,
        'kecamatan', account_grant.kecamatan_codes,
        'service_areas', account_grant.service_area_codes) ORDER BY account_grant.id), '[]')
    FROM geoapp.account_grant
    WHERE account_grant.city_code = p_city
      AND account_grant.account_id = p_account
      AND account_grant.revoked_at IS NULL
$$;
