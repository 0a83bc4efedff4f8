-- Density cells: how many complaints lie in which square of the map, counted beforehand by the
-- worker, so that a view of the whole city costs the same however many there are.
--
-- Cells are tiles of web mercator, named by their Morton key: the leading bits of tile18. Two
-- kinds are counted: 'public' is where and as complaint_public shows complaints, 'work' where they
-- truly are, all of them.
--
-- What was counted of each complaint is kept (density_counted). A step of the worker compares what
-- stands with what was counted and adds the difference: it may be cut short or repeated. Whoever
-- reads adds what changed since (events after the cursor, marks), so that sums are exact at once.
-- What depends on the clock (overdue, done lately) is counted as of density_state.moment.
SET LOCAL lock_timeout = '5s';

-- How far a city's complaints have been counted. No row: nothing was counted yet.
CREATE TABLE geoapp.density_state (
    city_code text COLLATE "C" PRIMARY KEY REFERENCES geoapp.city (code),
    -- the life of the database that the cursor belongs to: after a restore all is counted anew
    epoch uuid NOT NULL,
    -- clearing: what an earlier count left goes; filling: complaint after complaint is counted
    phase text NOT NULL CHECK (phase IN ('clearing', 'filling', 'ready')),
    -- the last complaint counted on the way: by place, so that neighbours share cells
    filled_tile bigint NOT NULL DEFAULT -1,
    filled_to bigint NOT NULL DEFAULT 0,
    -- events up to here are counted
    xid xid8 NOT NULL,
    event_id bigint NOT NULL,
    moment timestamptz NOT NULL
);

-- Complaints that changed without an event: what is shown of them, by new boundaries. The step
-- that counts them removes the mark.
CREATE TABLE geoapp.density_mark (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    PRIMARY KEY (city_code, id)
);

-- What was counted of each complaint with a point. Null public columns: not shown to everybody.
CREATE TABLE geoapp.density_counted (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    complaint_id bigint NOT NULL,
    group_code text COLLATE "C" NOT NULL,
    status text NOT NULL,
    submitted_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    agency_code text COLLATE "C" NOT NULL,
    tile18 bigint NOT NULL,
    kelurahan_code text COLLATE "C" NOT NULL,
    kecamatan_code text COLLATE "C" NOT NULL,
    public_tile18 bigint,
    public_kelurahan_code text COLLATE "C",
    public_kecamatan_code text COLLATE "C",
    PRIMARY KEY (city_code, complaint_id)
);
-- Whose clock runs out, and what stops being done lately, between two moments.
CREATE INDEX density_counted_due ON geoapp.density_counted (city_code, due_at)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'reopened');
CREATE INDEX density_counted_done ON geoapp.density_counted (city_code, done_at)
    WHERE status IN ('resolved', 'closed');

-- Totals: cells of zoom 17 and 18, for each group and (group_code '') for all together.
CREATE TABLE geoapp.density_total (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('public', 'work')),
    zoom smallint NOT NULL CHECK (zoom IN (17, 18)),
    group_code text COLLATE "C" NOT NULL,
    cell bigint NOT NULL,
    open_count integer NOT NULL,
    overdue_count integer NOT NULL,
    done_count integer NOT NULL,
    -- of the done ones: within the last two days
    recent_count integer NOT NULL,
    other_count integer NOT NULL,
    PRIMARY KEY (city_code, kind, zoom, group_code, cell)
);
CREATE INDEX density_total_empty ON geoapp.density_total (city_code)
    WHERE open_count = 0 AND done_count = 0 AND other_count = 0;

-- Monthly cells of zoom 17; month '-infinity' holds all months together.
CREATE TABLE geoapp.density_cell (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('public', 'work')),
    month date NOT NULL,
    cell bigint NOT NULL,
    group_code text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    agency_code text COLLATE "C" NOT NULL,
    kelurahan_code text COLLATE "C" NOT NULL,
    kecamatan_code text COLLATE "C" NOT NULL,
    count integer NOT NULL,
    overdue_count integer NOT NULL,
    recent_count integer NOT NULL,
    PRIMARY KEY (city_code, kind, month, cell, group_code, status, agency_code, kelurahan_code,
                 kecamatan_code)
);
CREATE INDEX density_cell_empty ON geoapp.density_cell (city_code) WHERE count = 0;

-- Ids of complaints that changed since they were counted. With the owner's rights: what left an
-- agency's sight must be taken out of its sums, and its events are out of sight, too. Bare
-- numbers, for staff alone. The planner takes whatever follows a cursor it doesn't know for a
-- third of the history: it is told to use the index, and how few they are.
CREATE FUNCTION geoapp.density_changed(p_city text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    SELECT event.complaint_id
    FROM geoapp.density_state AS state
    JOIN geoapp.complaint_event AS event
      ON event.city_code = state.city_code AND (event.xid, event.id) > (state.xid, state.event_id)
    WHERE state.city_code = p_city
    UNION
    SELECT mark.complaint_id FROM geoapp.density_mark AS mark WHERE mark.city_code = p_city
$$;

-- The public side, with the owner's rights like complaint_public: of what is confidential nothing
-- comes out of it. Those of the changed ones that everybody sees:
CREATE FUNCTION geoapp.density_public_changed(p_city text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
    SELECT shown.id
    FROM geoapp.density_changed(p_city) AS changed (id)
    JOIN geoapp.complaint_public AS shown ON shown.city_code = p_city AND shown.id = changed.id
$$;

-- What was counted for everybody of complaints that changed since, to be taken out again; without
-- their numbers.
CREATE FUNCTION geoapp.density_public_uncounted(p_city text)
RETURNS TABLE (group_code text, status text, submitted_at timestamptz, due_at timestamptz,
               done_at timestamptz, agency_code text, tile18 bigint, kelurahan_code text,
               kecamatan_code text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
    SELECT counted.group_code, counted.status, counted.submitted_at, counted.due_at,
           counted.done_at, counted.agency_code, counted.public_tile18,
           counted.public_kelurahan_code, counted.public_kecamatan_code
    FROM geoapp.density_changed(p_city) AS changed (id)
    JOIN geoapp.density_counted AS counted
      ON counted.city_code = p_city AND counted.complaint_id = changed.id
    WHERE counted.public_tile18 IS NOT NULL
$$;

CREATE VIEW geoapp.density_public_uncounted AS
SELECT city.code AS city_code, counted.group_code, counted.status, counted.submitted_at,
       counted.due_at, counted.done_at AS resolved_at, NULL::timestamptz AS closed_at,
       counted.agency_code, 'point' AS location_kind, counted.tile18, counted.kelurahan_code,
       counted.kecamatan_code
FROM geoapp.city
CROSS JOIN LATERAL geoapp.density_public_uncounted(city.code) AS counted;

-- When time alone counts a complaint differently: after due_at while its clock runs, two days
-- after it was done.
CREATE VIEW geoapp.density_public_clock AS
SELECT counted.city_code, counted.complaint_id, counted.status, counted.due_at,
       counted.done_at AS resolved_at
FROM geoapp.density_counted AS counted
JOIN geoapp.complaint_public AS shown
  ON shown.city_code = counted.city_code AND shown.id = counted.complaint_id;

CREATE VIEW geoapp.density_public_total AS
SELECT city_code, zoom, group_code, cell, open_count, overdue_count, done_count, recent_count,
       other_count
FROM geoapp.density_total WHERE kind = 'public';

CREATE VIEW geoapp.density_public_cell AS
SELECT city_code, month, cell, group_code, status, agency_code, kelurahan_code, kecamatan_code,
       count, overdue_count, recent_count
FROM geoapp.density_cell WHERE kind = 'public';

-- The same for staff, under their own row-level security.
CREATE VIEW geoapp.density_work_uncounted WITH (security_invoker = true) AS
SELECT counted.city_code, counted.group_code, counted.status, counted.submitted_at, counted.due_at,
       counted.done_at AS resolved_at, NULL::timestamptz AS closed_at, counted.agency_code,
       'point' AS location_kind, counted.tile18, counted.kelurahan_code, counted.kecamatan_code,
       counted.complaint_id
FROM geoapp.density_counted AS counted;

CREATE VIEW geoapp.density_work_total WITH (security_invoker = true) AS
SELECT city_code, zoom, group_code, cell, open_count, overdue_count, done_count, recent_count,
       other_count
FROM geoapp.density_total WHERE kind = 'work';

CREATE VIEW geoapp.density_work_cell WITH (security_invoker = true) AS
SELECT city_code, month, cell, group_code, status, agency_code, kelurahan_code, kecamatan_code,
       count, overdue_count, recent_count
FROM geoapp.density_cell WHERE kind = 'work';

-- Whether a city's cells can be read, and as of which moment; null while they can't.
CREATE FUNCTION geoapp.density_moment(p_city text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT state.moment
    FROM geoapp.density_state AS state
    JOIN geoapp.feed_epoch AS life ON life.epoch = state.epoch
    WHERE state.city_code = p_city AND state.phase = 'ready'
$$;

ALTER TABLE geoapp.density_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.density_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.density_counted ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.density_total ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.density_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.density_state TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.density_mark TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.density_counted TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.density_total TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.density_cell TO geoapp_worker USING (true);

-- Of staff, as on complaints: one policy for each kind of reach. Totals have no agency: they are
-- for who reads everything. Cells have no service areas: what is granted by them alone isn't
-- here, and is counted from rows.
CREATE POLICY staff_reads_everything ON geoapp.density_total FOR SELECT TO geoapp_staff_everything
USING (
    kind = 'work'
    AND city_code = (SELECT nullif(current_setting('geoapp.city', true), '')
                     WHERE current_setting('geoapp.reads_all', true) = 'on'));
CREATE POLICY staff_reads_everything ON geoapp.density_cell FOR SELECT TO geoapp_staff_everything
USING (
    kind = 'work'
    AND city_code = (SELECT nullif(current_setting('geoapp.city', true), '')
                     WHERE current_setting('geoapp.reads_all', true) = 'on'));
CREATE POLICY staff_reads_everything ON geoapp.density_counted FOR SELECT TO geoapp_staff_everything
USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), '')
                 WHERE current_setting('geoapp.reads_all', true) = 'on'));
DO $$
DECLARE
    named text;
    kind text;
    here text := 'city_code = (SELECT nullif(current_setting(''geoapp.city'', true), ''''))';
    granted text := '((SELECT nullif(current_setting(''geoapp.reads_%s'', true), '''')::text[])::text[])';
BEGIN
    FOREACH named IN ARRAY ARRAY['density_cell', 'density_counted'] LOOP
        kind := CASE named WHEN 'density_cell' THEN 'kind = ''work'' AND ' ELSE '' END;
        EXECUTE format('CREATE POLICY staff_reads_agency ON geoapp.%I FOR SELECT'
            ' TO geoapp_staff_agency USING (%s %s AND agency_code = (%s)[1])',
            named, kind, here, format(granted, 'agencies'));
        EXECUTE format('CREATE POLICY staff_reads_kelurahan ON geoapp.%I FOR SELECT'
            ' TO geoapp_staff_kelurahan USING (%s %s AND kelurahan_code = ANY (%s))',
            named, kind, here, format(granted, 'kelurahan'));
        EXECUTE format('CREATE POLICY staff_reads_agency_kelurahan ON geoapp.%I FOR SELECT'
            ' TO geoapp_staff_agency_kelurahan USING (%s %s AND agency_code ='
            ' (SELECT nullif(current_setting(''geoapp.reads_pair_agency'', true), ''''))'
            ' AND kelurahan_code = ANY (%s))', named, kind, here, format(granted, 'pair_kelurahan'));
        EXECUTE format('CREATE POLICY staff_reads_mixed ON geoapp.%I FOR SELECT'
            ' TO geoapp_staff_mixed USING (%s %s'
            ' AND ((SELECT current_setting(''geoapp.reads_all'', true)) = ''on'''
            ' OR agency_code = ANY (%s) OR kelurahan_code = ANY (%s) OR kecamatan_code = ANY (%s)'
            ' OR agency_code || ''/k:'' || kelurahan_code = ANY (%s)'
            ' OR agency_code || ''/c:'' || kecamatan_code = ANY (%s)))',
            named, kind, here, format(granted, 'agencies'), format(granted, 'kelurahan'),
            format(granted, 'kecamatan'), format(granted, 'pairs'), format(granted, 'pairs'));
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION geoapp.density_changed(text), geoapp.density_moment(text),
    geoapp.density_public_changed(text), geoapp.density_public_uncounted(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.density_public_changed(text),
    geoapp.density_public_uncounted(text) TO geoapp_visitor;
GRANT EXECUTE ON FUNCTION geoapp.density_changed(text) TO geoapp_staff, geoapp_worker;
GRANT EXECUTE ON FUNCTION geoapp.density_moment(text)
    TO geoapp_visitor, geoapp_staff, geoapp_worker;
GRANT SELECT ON geoapp.density_public_uncounted, geoapp.density_public_clock,
    geoapp.density_public_total, geoapp.density_public_cell TO geoapp_visitor;
GRANT SELECT ON geoapp.density_work_uncounted, geoapp.density_work_total, geoapp.density_work_cell,
    geoapp.density_counted, geoapp.density_total, geoapp.density_cell TO geoapp_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.density_state, geoapp.density_mark,
    geoapp.density_counted, geoapp.density_total, geoapp.density_cell TO geoapp_worker;

-- Planner statistics after a bulk load, now of the cells, too.
CREATE OR REPLACE FUNCTION geoapp.refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE geoapp.area, geoapp.area_piece, geoapp.service_area, geoapp.complaint,
        geoapp.assignment, geoapp.complaint_event, geoapp.density_counted, geoapp.density_total,
        geoapp.density_cell;
END $$;
