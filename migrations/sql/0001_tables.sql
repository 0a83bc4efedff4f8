-- The tables. Every key starts with the city, so that a city's rows can live on one
-- node of a cluster; nothing refers across cities and there are no triggers.
-- Points are EPSG:4326; distances are metres; days are counted in the city's zone.

CREATE SCHEMA geoapp;

-- Which life of the database the feed cursors belong to; a restore writes a new one.
CREATE TABLE geoapp.feed_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO geoapp.feed_epoch DEFAULT VALUES;

CREATE TABLE geoapp.city (
    code text COLLATE "C" PRIMARY KEY CHECK (code <> ''),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]*$'),
    name text NOT NULL,
    name_en text NOT NULL,
    timezone text NOT NULL,
    metric_srid integer NOT NULL,
    locale text NOT NULL,
    ticket_prefix text NOT NULL CHECK (ticket_prefix ~ '^[A-Z]{2,5}$'),
    host text UNIQUE,
    parent_prefix_length integer CHECK (parent_prefix_length > 0),
    centre geometry(Point, 4326) NOT NULL,
    envelope geometry(Polygon, 4326) NOT NULL,
    -- keeps the addresses without its slug when other cities come: tickets lead there
    unprefixed boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX city_one_unprefixed ON geoapp.city (unprefixed) WHERE unprefixed;

CREATE TABLE geoapp.holiday (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    day date NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('national', 'collective_leave', 'local')),
    PRIMARY KEY (city_code, day)
);

-- The catalogue. What a thing is (its code) lives apart from what it was called and
-- promised at a time (its versions), because names, agencies and targets change.
CREATE TABLE geoapp.service_group (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    name text NOT NULL,
    name_en text NOT NULL,
    colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
    colour_dark text NOT NULL CHECK (colour_dark ~ '^#[0-9a-f]{6}$'),
    glyph text NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (city_code, code)
);

CREATE TABLE geoapp.agency (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    PRIMARY KEY (city_code, code)
);

CREATE TABLE geoapp.agency_version (
    city_code text COLLATE "C" NOT NULL,
    agency_code text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    name text NOT NULL,
    name_en text NOT NULL,
    short_name text NOT NULL,
    unit text,
    in_city boolean NOT NULL DEFAULT true,
    PRIMARY KEY (city_code, agency_code, valid_from),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code),
    CONSTRAINT agency_version_no_overlap EXCLUDE USING gist (
        city_code WITH =, agency_code WITH =, daterange(valid_from, valid_to) WITH &&
    )
);

CREATE TABLE geoapp.service (
    city_code text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    group_code text COLLATE "C" NOT NULL,
    PRIMARY KEY (city_code, code),
    FOREIGN KEY (city_code, group_code) REFERENCES geoapp.service_group (city_code, code)
);

CREATE TABLE geoapp.service_version (
    city_code text COLLATE "C" NOT NULL,
    service_code text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    name text NOT NULL,
    name_en text NOT NULL,
    clock text NOT NULL CHECK (clock IN ('hours', 'working_days')),
    target integer NOT NULL CHECK (target > 0),
    agency_code text COLLATE "C" NOT NULL,
    blur_m integer NOT NULL CHECK (blur_m BETWEEN 0 AND 5000),
    duplicate_radius_m integer NOT NULL CHECK (duplicate_radius_m BETWEEN 0 AND 5000),
    needs_place boolean NOT NULL,
    glyph text NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (city_code, service_code, valid_from),
    FOREIGN KEY (city_code, service_code) REFERENCES geoapp.service (city_code, code),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code),
    CONSTRAINT service_version_no_overlap EXCLUDE USING gist (
        city_code WITH =, service_code WITH =, daterange(valid_from, valid_to) WITH &&
    )
);

-- Boundaries: whole sets with a life of their own; a set is never changed, only replaced.
CREATE TABLE geoapp.boundary_set (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    layer text NOT NULL CHECK (layer IN ('kelurahan', 'service_area', 'road')),
    version text NOT NULL,
    source text NOT NULL,
    licence text NOT NULL DEFAULT '',
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    approximate boolean NOT NULL DEFAULT false,
    valid_from date,
    valid_to date,
    status text NOT NULL DEFAULT 'staged' CHECK (status IN ('staged', 'active', 'retired')),
    quality jsonb NOT NULL DEFAULT '{}',
    imported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_code, id),
    CHECK (status <> 'active' OR valid_from IS NOT NULL)
);
CREATE UNIQUE INDEX boundary_set_one_active
    ON geoapp.boundary_set (city_code, layer) WHERE status = 'active';

CREATE TABLE geoapp.area (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    parent_code text COLLATE "C",
    parent_name text,
    geom geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    display_geom geometry(MultiPolygon, 4326) NOT NULL,
    label geometry(Point, 4326) NOT NULL,
    PRIMARY KEY (city_code, set_id, code),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id)
);

-- Subdivided polygons find candidates; the verdict is always taken on area.geom.
CREATE TABLE geoapp.area_piece (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL,
    piece integer NOT NULL,
    geom geometry(Polygon, 4326) NOT NULL,
    PRIMARY KEY (city_code, set_id, code, piece),
    FOREIGN KEY (city_code, set_id, code) REFERENCES geoapp.area (city_code, set_id, code)
);
CREATE INDEX area_piece_geom ON geoapp.area_piece USING gist (set_id, geom);

-- Who acts where. Without an agency the area is a district of the service's own agency.
CREATE TABLE geoapp.service_area (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    agency_code text COLLATE "C",
    group_code text COLLATE "C",
    service_code text COLLATE "C",
    priority integer NOT NULL DEFAULT 100,
    coverage text NOT NULL CHECK (coverage IN ('city', 'areas', 'polygon')),
    area_codes text[] NOT NULL DEFAULT '{}',
    geom geometry(MultiPolygon, 4326),
    PRIMARY KEY (city_code, set_id, code),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code),
    FOREIGN KEY (city_code, group_code) REFERENCES geoapp.service_group (city_code, code),
    FOREIGN KEY (city_code, service_code) REFERENCES geoapp.service (city_code, code),
    CHECK ((coverage = 'polygon') = (geom IS NOT NULL)),
    CHECK (geom IS NULL OR ST_IsValid(geom)),
    CHECK (coverage <> 'areas' OR cardinality(area_codes) > 0)
);
CREATE INDEX service_area_geom ON geoapp.service_area USING gist (set_id, geom);

-- The Morton key of the point's zoom-18 web-mercator tile: x in the even bits, y in the
-- odd ones. All points of any coarser tile are one range of keys. Latitudes beyond the
-- mercator square fall into its first or last row.
CREATE FUNCTION geoapp.tile18(point geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    phi double precision := radians(greatest(-85.0511287798066, least(85.0511287798066, ST_Y(point))));
    x bigint := greatest(0, least(262143, floor((ST_X(point) + 180) / 360 * 262144)::bigint));
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

-- Each point has two positions: geom for those who handle it, public_geom for everybody
-- else. PostGIS itself stores NaN, 1e300 and metres without a murmur: the checks don't.
CREATE TABLE geoapp.complaint (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    ticket text COLLATE "C" NOT NULL,
    channel text NOT NULL CHECK (channel IN
        ('web', 'api', 'import', 'simulation', 'sp4n', 'call_112', 'media', 'letter', 'counter')),
    source text,
    external_id text,
    service_code text COLLATE "C" NOT NULL,
    group_code text COLLATE "C" NOT NULL,
    description text,
    landmark text,
    status text NOT NULL DEFAULT 'submitted' CHECK (status IN
        ('submitted', 'verified', 'assigned', 'in_progress', 'resolved', 'closed', 'on_hold',
         'rejected', 'out_of_authority', 'duplicate', 'reopened')),
    submitted_at timestamptz NOT NULL DEFAULT now(),
    observed_at timestamptz,
    due_at timestamptz NOT NULL,
    first_response_at timestamptz,
    resolved_at timestamptz,
    closed_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    location_kind text NOT NULL CHECK (location_kind IN ('point', 'area', 'none')),
    geom geometry(Point, 4326) CHECK (
        NOT ST_IsEmpty(geom) AND ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90),
    tile18 bigint GENERATED ALWAYS AS (geoapp.tile18(geom)) STORED,
    public_geom geometry(Point, 4326) CHECK (
        NOT ST_IsEmpty(public_geom) AND ST_X(public_geom) BETWEEN -180 AND 180
        AND ST_Y(public_geom) BETWEEN -90 AND 90),
    public_tile18 bigint GENERATED ALWAYS AS (geoapp.tile18(public_geom)) STORED,
    shown_within_m integer NOT NULL DEFAULT 0,
    accuracy_m real CHECK (accuracy_m BETWEEN 0 AND 100000),
    kelurahan_set bigint,
    kelurahan_code text COLLATE "C",
    kecamatan_code text COLLATE "C",
    -- Where public_geom lies: the citizen's choice or new boundaries may tell the true
    -- position's kelurahan apart from it, which would narrow the true position down.
    public_kelurahan_code text COLLATE "C",
    public_kecamatan_code text COLLATE "C",
    service_area_set bigint,
    service_area_code text COLLATE "C",
    agency_code text COLLATE "C" NOT NULL,
    assignment_method text NOT NULL CHECK (assignment_method IN
        ('covers', 'nearest', 'outside', 'confirmed', 'named_area', 'by_service', 'manual')),
    ambiguous boolean NOT NULL DEFAULT false,
    anonymous boolean NOT NULL DEFAULT false,
    confidential boolean NOT NULL DEFAULT false,
    simulated boolean NOT NULL DEFAULT false,
    PRIMARY KEY (city_code, id),
    UNIQUE (city_code, ticket),
    FOREIGN KEY (city_code, service_code) REFERENCES geoapp.service (city_code, code),
    FOREIGN KEY (city_code, group_code) REFERENCES geoapp.service_group (city_code, code),
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code),
    FOREIGN KEY (city_code, kelurahan_set, kelurahan_code)
        REFERENCES geoapp.area (city_code, set_id, code),
    FOREIGN KEY (city_code, kelurahan_set, public_kelurahan_code)
        REFERENCES geoapp.area (city_code, set_id, code),
    FOREIGN KEY (city_code, service_area_set, service_area_code)
        REFERENCES geoapp.service_area (city_code, set_id, code),
    CHECK ((location_kind = 'point') = (geom IS NOT NULL)),
    CHECK ((geom IS NULL) = (public_geom IS NULL)),
    CHECK (location_kind <> 'area' OR kelurahan_code IS NOT NULL),
    CHECK (external_id IS NULL OR source IS NOT NULL)
);
CREATE UNIQUE INDEX complaint_external
    ON geoapp.complaint (city_code, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX complaint_tile18 ON geoapp.complaint (city_code, tile18) WHERE location_kind = 'point';
CREATE INDEX complaint_public_tile18
    ON geoapp.complaint (city_code, public_tile18) WHERE location_kind = 'point' AND NOT confidential;
CREATE INDEX complaint_newest ON geoapp.complaint (city_code, submitted_at DESC, id DESC);
CREATE INDEX complaint_kelurahan ON geoapp.complaint (city_code, kelurahan_code, submitted_at);
CREATE INDEX complaint_public_kelurahan
    ON geoapp.complaint (city_code, public_kelurahan_code, submitted_at) WHERE NOT confidential;
CREATE INDEX complaint_open ON geoapp.complaint (city_code, due_at)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
-- Whether anything simulated is shown is asked by every page.
CREATE INDEX complaint_simulated ON geoapp.complaint (city_code) WHERE simulated;
CREATE INDEX complaint_geom ON geoapp.complaint USING gist (geom);

-- Every decision ever taken about who must act.
CREATE TABLE geoapp.assignment (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    decided_by text NOT NULL,
    reason text,
    kelurahan_set bigint,
    kelurahan_code text COLLATE "C",
    service_area_set bigint,
    service_area_code text COLLATE "C",
    agency_code text COLLATE "C" NOT NULL,
    method text NOT NULL,
    ambiguous boolean NOT NULL,
    edge_distance_m double precision,
    alternatives jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX assignment_complaint ON geoapp.assignment (city_code, complaint_id, id);

-- Append-only: audit, timeline and live feed in one. Ids commit out of order; the feed's
-- cursor is (xid, id) and nobody reads at or above the oldest running transaction.
CREATE TABLE geoapp.complaint_event (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    complaint_id bigint NOT NULL,
    ticket text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction')),
    status text,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX complaint_event_feed ON geoapp.complaint_event (xid, id);
CREATE INDEX complaint_event_city_feed ON geoapp.complaint_event (city_code, xid, id);
CREATE INDEX complaint_event_complaint ON geoapp.complaint_event (city_code, complaint_id, id);

-- The answer that was given for an Idempotency-Key, so that it can be given again.
CREATE TABLE geoapp.intake_key (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    key text COLLATE "C" NOT NULL,
    body_sha256 text NOT NULL,
    answer jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_code, key)
);
CREATE INDEX intake_key_created ON geoapp.intake_key (created_at);

-- Submissions per sender and window, shared by all web workers. Unlogged: after a crash
-- everybody starts at zero, which is no loss.
CREATE UNLOGGED TABLE geoapp.rate_window (
    city_code text COLLATE "C" NOT NULL,
    sender text COLLATE "C" NOT NULL,
    window_start timestamptz NOT NULL,
    hits integer NOT NULL,
    PRIMARY KEY (city_code, sender, window_start)
);

-- Public facts only, so everybody may read them: counts come from the public view; exact
-- positions decide no more than which piles on one default point are set aside.
CREATE TABLE geoapp.hotspot_run (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    group_code text COLLATE "C" NOT NULL,
    window_from timestamptz NOT NULL,
    window_to timestamptz NOT NULL,
    cell_m double precision NOT NULL CHECK (cell_m > 0),
    metric_srid integer NOT NULL,
    computed_at timestamptz NOT NULL,
    total integer NOT NULL,
    outside integer NOT NULL,
    simulated integer NOT NULL,
    cells integer NOT NULL,
    tested integer NOT NULL,
    hotspots integer NOT NULL,
    boundary_set bigint,
    set_aside jsonb NOT NULL DEFAULT '[]',
    clusters jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, group_code) REFERENCES geoapp.service_group (city_code, code),
    CHECK (window_from < window_to)
);
CREATE INDEX hotspot_run_latest
    ON geoapp.hotspot_run (city_code, group_code, computed_at DESC, id DESC);

CREATE TABLE geoapp.hotspot (
    city_code text COLLATE "C" NOT NULL,
    run_id bigint NOT NULL,
    cell_q integer NOT NULL,
    cell_r integer NOT NULL,
    cluster smallint NOT NULL,
    count integer NOT NULL,
    neighbourhood integer NOT NULL,
    expected double precision NOT NULL,
    z double precision NOT NULL,
    p double precision NOT NULL,
    q double precision NOT NULL,
    confidence smallint NOT NULL CHECK (confidence IN (90, 95, 99)),
    kelurahan text[] NOT NULL,
    geom geometry(Polygon, 4326) NOT NULL,
    PRIMARY KEY (city_code, run_id, cell_q, cell_r),
    FOREIGN KEY (city_code, run_id) REFERENCES geoapp.hotspot_run (city_code, id) ON DELETE CASCADE
);
