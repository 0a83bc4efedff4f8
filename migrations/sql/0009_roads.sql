SET LOCAL lock_timeout = '5s';

-- Roads and who keeps them: the city, the province or the nation. A complaint about roads that
-- lies beside somebody else's is offered to them; an operator decides.
ALTER TABLE geoapp.city
    -- how far from a road's middle line a complaint may lie and still be about it
    ADD COLUMN road_within_m integer NOT NULL DEFAULT 25 CHECK (road_within_m BETWEEN 1 AND 500),
    -- authority -> agency, for lines that name none: {"nation": "bpjn_jambi"}
    ADD COLUMN road_agencies jsonb NOT NULL DEFAULT '{}';
ALTER TABLE geoapp.service_group ADD COLUMN by_road boolean NOT NULL DEFAULT false;

CREATE TABLE geoapp.road_line (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    ref text,
    authority text NOT NULL CHECK (authority IN ('city', 'province', 'nation')),
    agency_code text COLLATE "C",
    geom geometry(MultiLineString, 4326) NOT NULL CHECK (NOT ST_IsEmpty(geom)),
    PRIMARY KEY (city_code, set_id, code),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id) ON DELETE CASCADE,
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code)
);

-- A line's straight parts, from corner to corner: the box of a whole road is half a city wide,
-- and cut at its corners it measures the same to the last digit.
CREATE TABLE geoapp.road_segment (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL,
    n integer NOT NULL,
    geom geometry(LineString, 4326) NOT NULL,
    PRIMARY KEY (city_code, set_id, code, n),
    FOREIGN KEY (city_code, set_id, code)
        REFERENCES geoapp.road_line (city_code, set_id, code) ON DELETE CASCADE
);
CREATE INDEX road_segment_geom ON geoapp.road_segment USING gist (set_id, geom);

-- The road that a place lies at, where it isn't the city's: the nearest of all within
-- *p_within_m* metres in the city's metric CRS. None where a city road is nearer. Compared to
-- the millimetre: at a crossing, which lies on both, the other authority's counts, for an
-- operator to look at; of two others the lower code.
CREATE FUNCTION geoapp.road_at(
    p_city text, p_set bigint, p_point geometry, p_within_m integer, p_metric_srid integer)
RETURNS TABLE (
    code text, name text, ref text, authority text, agency_code text,
    distance_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT nearest.code, nearest.name, nearest.ref, nearest.authority, nearest.agency_code,
           nearest.distance_m
    FROM (
        SELECT line.code, line.name, line.ref, line.authority, line.agency_code, near.distance_m
        FROM (
            SELECT segment.code,
                   ST_Distance(ST_Transform(segment.geom, p_metric_srid),
                               ST_Transform(p_point, p_metric_srid)) AS distance_m
            FROM geoapp.road_segment AS segment
            WHERE segment.city_code = p_city
              AND segment.set_id = p_set
              -- in degrees, a fifth too wide: see geoapp.nearest_area
              AND segment.geom && ST_Expand(
                  p_point,
                  1.2 * p_within_m / (111320 * greatest(cos(radians(ST_Y(p_point))), 0.01)),
                  1.2 * p_within_m / 110574.0)
        ) AS near
        JOIN geoapp.road_line AS line
          ON line.city_code = p_city AND line.set_id = p_set AND line.code = near.code
        WHERE near.distance_m <= p_within_m
        ORDER BY round(near.distance_m::numeric, 3), line.authority = 'city', line.code
        LIMIT 1
    ) AS nearest
    WHERE nearest.authority <> 'city'
$$;

-- What is offered for a complaint of a group at a point: the road whose keeper it may be for,
-- as it is stored with the decision. Nothing for groups that don't go by roads, without a
-- point, without a set of roads.
CREATE FUNCTION geoapp.road_offer(p_city text, p_set bigint, p_group text, p_point geometry)
RETURNS TABLE (set_id bigint, code text, road jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT p_set, found.code,
           jsonb_build_object(
               'code', found.code, 'name', found.name, 'ref', found.ref,
               'authority', found.authority, 'agency_code', found.agency_code,
               'distance_m', round(found.distance_m::numeric, 2))
    FROM geoapp.city
    JOIN geoapp.service_group AS asked
      ON asked.city_code = city.code AND asked.code = p_group AND asked.by_road
    CROSS JOIN LATERAL geoapp.road_at(
        p_city, p_set, p_point, city.road_within_m, city.metric_srid) AS found
    WHERE city.code = p_city AND p_set IS NOT NULL AND p_point IS NOT NULL
$$;

-- What becomes of an offer when the decision is taken anew: an operator's word stands for as
-- long as it is the same road under the same authority.
CREATE FUNCTION geoapp.road_offer_kept(
    p_city text, p_offer text, p_old_set bigint, p_old_code text, p_road jsonb)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_road IS NULL THEN NULL
        WHEN p_offer IS NOT NULL AND p_old_code = p_road ->> 'code' AND EXISTS (
            SELECT FROM geoapp.road_line AS before
            WHERE before.city_code = p_city AND before.set_id = p_old_set
              AND before.code = p_old_code AND before.authority = p_road ->> 'authority')
        THEN p_offer
        ELSE 'open' END
$$;

ALTER TABLE geoapp.complaint
    ADD COLUMN road_set bigint,
    ADD COLUMN road_code text COLLATE "C",
    ADD COLUMN authority_offer text CHECK (authority_offer IN ('open', 'declined', 'confirmed')),
    ADD CONSTRAINT complaint_road FOREIGN KEY (city_code, road_set, road_code)
        REFERENCES geoapp.road_line (city_code, set_id, code),
    ADD CONSTRAINT complaint_offer CHECK ((authority_offer IS NULL) = (road_code IS NULL));
ALTER TABLE geoapp.assignment ADD COLUMN road jsonb;
ALTER TABLE geoapp.pending_decision
    ADD COLUMN road_set bigint,
    ADD COLUMN road_code text COLLATE "C",
    ADD COLUMN road jsonb,
    ADD COLUMN authority_offer text;
-- The operators' queue of offers, under row-level security.
CREATE INDEX complaint_offered ON geoapp.complaint (city_code, due_at)
    INCLUDE (id, status, agency_code, kelurahan_code, kecamatan_code, service_area_code)
    WHERE authority_offer = 'open';
CREATE INDEX complaint_road ON geoapp.complaint (city_code, road_code) WHERE road_code IS NOT NULL;

-- An offer declined is told to the staff alone: neither view of the public nor the feed has it.
ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction',
         'reply', 'officer', 'deadline', 'merged', 'unmerged', 'split', 'authority'));

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
       road_set, road_code, authority_offer
FROM geoapp.complaint;

-- Which boundaries each city goes by, as a text that changes when another set comes into force
-- and again when an activation has brought the last complaint along: what the feed's listeners
-- compare. With the owner's rights: of activations they see nothing else.
CREATE FUNCTION geoapp.boundaries_stand() RETURNS TABLE (city_code text, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT city.code,
           coalesce((SELECT string_agg(sets.id::text, '.' ORDER BY sets.id)
                     FROM geoapp.boundary_set AS sets
                     WHERE sets.city_code = city.code AND sets.status = 'active'), '')
           || '-' || coalesce((SELECT max(activation.id) FROM geoapp.activation
                               WHERE activation.city_code = city.code
                                 AND activation.state = 'done'), 0)
    FROM geoapp.city
$$;
REVOKE EXECUTE ON FUNCTION geoapp.boundaries_stand() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.boundaries_stand() TO geoapp_listener;

-- Where the feed and a city's boundaries stand, for a page that will follow the feed from there.
-- With the owner's rights: a visitor learns no more of events than their last number, which the
-- feed tells everybody anyway.
CREATE FUNCTION geoapp.feed_stands(p_city text)
RETURNS TABLE (epoch uuid, xid xid8, id bigint, boundaries text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
    SELECT feed_epoch.epoch, last.xid, last.id, stand.version
    FROM geoapp.feed_epoch
    LEFT JOIN LATERAL (
        SELECT event.xid, event.id
        FROM geoapp.complaint_event AS event
        WHERE event.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY event.xid DESC, event.id DESC
        LIMIT 1
    ) AS last ON true
    LEFT JOIN geoapp.boundaries_stand() AS stand ON stand.city_code = p_city
$$;
REVOKE EXECUTE ON FUNCTION geoapp.feed_stands(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.feed_stands(text) TO geoapp_visitor;

-- The planner must know new roads before the first complaint is compared with them: without it a
-- decision reads the whole set (30 ms instead of a tenth). Only an owner may ANALYZE.
CREATE FUNCTION geoapp.refresh_road_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE geoapp.road_line, geoapp.road_segment;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.refresh_road_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.refresh_road_statistics() TO geoapp_worker;

GRANT SELECT ON geoapp.road_line, geoapp.road_segment
    TO geoapp_visitor, geoapp_intake, geoapp_worker, geoapp_listener, geoapp_staff, geoapp_admin;
GRANT INSERT, UPDATE, DELETE ON geoapp.road_line, geoapp.road_segment TO geoapp_worker;
GRANT INSERT (road_set, road_code, authority_offer) ON geoapp.complaint
    TO geoapp_intake, geoapp_staff;
GRANT UPDATE (authority_offer) ON geoapp.complaint TO geoapp_staff;
GRANT INSERT (road) ON geoapp.assignment TO geoapp_intake, geoapp_worker, geoapp_staff;
