SET LOCAL lock_timeout = '5s';

-- The life of a boundary set: staged, with a report on its faults; previewed; active from a
-- day on; retired, and kept for ever.
ALTER TABLE geoapp.boundary_set
    -- the set it was made from: cleaned, or drawn on the map
    ADD COLUMN made_from bigint,
    ADD COLUMN imported_by text NOT NULL DEFAULT 'system',
    ADD FOREIGN KEY (city_code, made_from) REFERENCES geoapp.boundary_set (city_code, id);

-- Gaps and overlaps of a set as shapes, for the map of its report, and what a cleaning changed.
CREATE TABLE geoapp.boundary_fault (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    n integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('gap', 'overlap', 'changed')),
    codes text[] NOT NULL,
    area_m2 double precision NOT NULL,
    geom geometry(Geometry, 4326) NOT NULL,
    PRIMARY KEY (city_code, set_id, n),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id) ON DELETE CASCADE
);

-- Putting a set in force: decisions beforehand, in committed batches (deciding, decided), which
-- are the preview as well; a short switch (switched); the complaints brought along in batches
-- (done). Given up before the switch: undone. Without a set: everything decided anew by the
-- sets in force, as after a change of the catalogue.
CREATE TABLE geoapp.activation (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    set_id bigint,
    -- service areas that name codes which the set retires, with the codes put in their stead
    companion_set bigint,
    valid_from date,
    -- retired code -> {"how": merged|split|dropped, "into": [codes]}
    mapping jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'deciding'
        CHECK (state IN ('deciding', 'decided', 'switched', 'done', 'undone')),
    -- complaints up to this one that may move are decided: a run cut short goes on behind it;
    -- two hands share the work: the second begins behind halfway and has come as far as
    -- decided_beyond
    decided_through bigint NOT NULL DEFAULT 0,
    decided_beyond bigint NOT NULL DEFAULT 0,
    -- every transaction below was seen by what is decided; what others did is caught up
    seen_xid xid8,
    -- decisions up to this complaint were brought to it; halfway is another one by now
    applied_through bigint NOT NULL DEFAULT 0,
    halfway bigint NOT NULL DEFAULT 0,
    applied_beyond bigint NOT NULL DEFAULT 0,
    waiting bigint NOT NULL DEFAULT 0,
    looked_at bigint NOT NULL DEFAULT 0,
    moving bigint NOT NULL DEFAULT 0,
    moved bigint NOT NULL DEFAULT 0,
    wanted boolean NOT NULL DEFAULT false,
    problem text,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    switched_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id),
    FOREIGN KEY (city_code, companion_set) REFERENCES geoapp.boundary_set (city_code, id)
);
-- One at a time in a city: the next would decide by sets that are about to change.
CREATE UNIQUE INDEX activation_one_open
    ON geoapp.activation (city_code) WHERE state IN ('deciding', 'decided', 'switched');

-- What an activation has decided beforehand, of complaints that it changes. Written once and
-- read in order: no index but the key, and no reference to check for each of 100,000 rows.
CREATE TABLE geoapp.pending_decision (
    city_code text COLLATE "C" NOT NULL,
    activation_id bigint NOT NULL,
    complaint_id bigint NOT NULL,
    -- the complaint's version when it was decided: another one is decided anew
    version integer NOT NULL,
    moves boolean NOT NULL,
    -- the same place and agency, decided otherwise: an overlap came or went, a gap was closed
    other_reasons boolean NOT NULL,
    from_kelurahan text COLLATE "C",
    from_agency text COLLATE "C",
    from_ambiguous boolean,
    kelurahan_set bigint,
    kelurahan_code text COLLATE "C",
    kecamatan_code text COLLATE "C",
    public_kelurahan_code text COLLATE "C",
    public_kecamatan_code text COLLATE "C",
    service_area_set bigint,
    service_area_code text COLLATE "C",
    agency_code text COLLATE "C" NOT NULL,
    method text NOT NULL,
    ambiguous boolean NOT NULL,
    alternatives jsonb NOT NULL,
    PRIMARY KEY (city_code, activation_id, complaint_id)
);

-- "Ward then": the area of the set that was valid on the day of submission, where it isn't
-- today's. Null: the same as today; empty text: then it lay in none.
ALTER TABLE geoapp.complaint
    ADD COLUMN then_kelurahan_code text COLLATE "C",
    ADD COLUMN then_kecamatan_code text COLLATE "C",
    ADD COLUMN public_then_kelurahan_code text COLLATE "C",
    ADD COLUMN public_then_kecamatan_code text COLLATE "C";

-- Who may move is asked of the position told to the public as well, where it is another.
CREATE INDEX complaint_public_geom ON geoapp.complaint USING gist (public_geom)
    WHERE shown_within_m > 0;

-- Whether any complaint names an area is asked for each area of a set that is discarded: half a
-- million complaints made that 12 s without, and 15 ms with. 3.4 MB: its keys are all the same.
CREATE INDEX complaint_kelurahan_set ON geoapp.complaint (kelurahan_set);
CREATE INDEX complaint_service_area_set ON geoapp.complaint (service_area_set);

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
       nullif(coalesce(public_then_kecamatan_code, public_kecamatan_code), '') AS then_kecamatan_code
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
       nullif(coalesce(then_kecamatan_code, kecamatan_code), '') AS then_kecamatan_code
FROM geoapp.complaint;

-- What is kept as the area of then when a complaint comes to another: what was kept before,
-- else the area it lay in, '' for none; null where that is today's. p_before: it was submitted
-- before the new set's first day; null: no set of kelurahan came, what is kept stays.
CREATE FUNCTION geoapp.area_then(p_before boolean, p_then text, p_old text, p_new text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_before IS NULL THEN p_then
                WHEN p_before THEN nullif(coalesce(p_then, p_old, ''), coalesce(p_new, ''))
           END
$$;

-- The sets that decide once *p_staged* are in force: those in force, each staged one in the
-- place of its layer. Null: those in force as they are.
CREATE FUNCTION geoapp.sets_with(p_city text, p_staged bigint[])
RETURNS TABLE (
    city_code text, metric_srid integer, timezone text, kelurahan_set bigint,
    service_area_set bigint, road_set bigint)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT city.code, city.metric_srid, city.timezone,
           max(chosen.id) FILTER (WHERE chosen.layer = 'kelurahan'),
           max(chosen.id) FILTER (WHERE chosen.layer = 'service_area'),
           max(chosen.id) FILTER (WHERE chosen.layer = 'road')
    FROM geoapp.city
    LEFT JOIN LATERAL (
        SELECT DISTINCT ON (sets.layer) sets.layer, sets.id
        FROM geoapp.boundary_set AS sets
        WHERE sets.city_code = city.code
          AND (sets.status = 'active' OR sets.id = ANY (p_staged))
        ORDER BY sets.layer, (sets.id = ANY (p_staged)) IS TRUE DESC
    ) AS chosen ON true
    WHERE city.code = p_city
    GROUP BY city.code, city.metric_srid, city.timezone
$$;

-- The set of a layer that was valid on a day: of those in force or retired, the one whose days
-- hold it, the newest where several do; before the first one, the first.
CREATE FUNCTION geoapp.set_on(p_city text, p_layer text, p_day date)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT sets.id
    FROM geoapp.boundary_set AS sets
    WHERE sets.city_code = p_city AND sets.layer = p_layer AND sets.status <> 'staged'
      AND (sets.valid_to IS NULL OR sets.valid_to > sets.valid_from)
    ORDER BY (sets.valid_from <= p_day AND (sets.valid_to IS NULL OR sets.valid_to > p_day)) DESC,
             CASE WHEN sets.valid_from <= p_day THEN sets.valid_from - p_day END DESC NULLS LAST,
             sets.valid_from, sets.id DESC
    LIMIT 1
$$;

-- What the planner must know before the first join against a new set. The complaints, which
-- geoapp.refresh_statistics() reads as well, are the same as before: at a million of them it
-- takes seconds, and the feed waits for the transaction that stages the set.
CREATE FUNCTION geoapp.refresh_area_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE geoapp.area, geoapp.area_piece, geoapp.service_area;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.refresh_area_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.refresh_area_statistics() TO geoapp_worker;

ALTER TABLE geoapp.activation ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.pending_decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.activation TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.pending_decision TO geoapp_worker USING (true);
CREATE POLICY administers ON geoapp.activation FOR SELECT TO geoapp_admin USING (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT current_setting('geoapp.administers', true)) = 'on');

GRANT SELECT ON geoapp.boundary_fault TO geoapp_visitor, geoapp_worker, geoapp_admin;
GRANT INSERT, DELETE ON geoapp.boundary_fault TO geoapp_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.activation, geoapp.pending_decision TO geoapp_worker;
GRANT SELECT ON geoapp.activation TO geoapp_admin;
GRANT INSERT (then_kelurahan_code, then_kecamatan_code, public_then_kelurahan_code,
              public_then_kecamatan_code)
    ON geoapp.complaint TO geoapp_intake;
