-- The rules that are asked for in SQL. Created here, never edited afterwards: a change
-- is a new function in a new migration.

-- Areas of a set that cover a point, their edges included. Pieces only find candidates,
-- searched a hair (1e-9 degrees, a tenth of a millimetre) around the point: cutting a
-- polygon moves its edges by rounding, so the pieces alone would miss or add points on
-- them. One area may come several times (a point near a cut): callers aggregate.
-- A plain SELECT, so that the planner takes it apart and joins in either direction.
CREATE FUNCTION geoapp.area_at(p_city text, p_set bigint, p_point geometry)
RETURNS TABLE (code text, parent_code text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT area.code, area.parent_code
    FROM geoapp.area_piece AS piece
    JOIN geoapp.area USING (city_code, set_id, code)
    WHERE piece.city_code = p_city
      AND piece.set_id = p_set
      AND piece.geom && ST_Expand(p_point, 1e-9)
      AND ST_DWithin(piece.geom, p_point, 1e-9)
      AND ST_Covers(area.geom, p_point)
$$;

-- The nearest area within 50 m of a point in the city's metric CRS, for the gaps that
-- real boundary files have. Lowest code first where two are equally near: to the
-- millimetre, as beside a corner that two areas share rounding would else toss a coin.
CREATE FUNCTION geoapp.nearest_area(p_city text, p_set bigint, p_point geometry, p_metric_srid integer)
RETURNS TABLE (code text, parent_code text, distance_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT near.code, near.parent_code, near.distance_m
    FROM (
        SELECT area.code, area.parent_code,
               ST_Distance(ST_Transform(area.geom, p_metric_srid),
                           ST_Transform(p_point, p_metric_srid)) AS distance_m
        FROM geoapp.area
        WHERE area.city_code = p_city
          AND area.set_id = p_set
          AND area.code IN (
              SELECT piece.code
              FROM geoapp.area_piece AS piece
              WHERE piece.city_code = p_city
                AND piece.set_id = p_set
                -- 60 m: the box of a 50 m disc, with room for the earth's flattening. In degrees,
                -- as a point a quarter of the earth away can't be put into the metric system.
                AND piece.geom && ST_Expand(
                    p_point, 60 / (111320 * greatest(cos(radians(ST_Y(p_point))), 0.01)), 60 / 110574.0))
    ) AS near
    WHERE near.distance_m <= 50
    ORDER BY round(near.distance_m::numeric, 3), near.code
    LIMIT 1
$$;

-- Metres from a point to the edge of its area; for single submissions and explanations.
CREATE FUNCTION geoapp.edge_distance(
    p_city text, p_set bigint, p_code text, p_point geometry, p_metric_srid integer)
RETURNS double precision LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ST_Distance(ST_Boundary(ST_Transform(area.geom, p_metric_srid)),
                       ST_Transform(p_point, p_metric_srid))
    FROM geoapp.area
    WHERE area.city_code = p_city AND area.set_id = p_set AND area.code = p_code
$$;

-- When a target that starts at p_from runs out. Clock hours simply pass; working days
-- skip weekends and the city's holidays, and end with the day, in the city's zone.
CREATE FUNCTION geoapp.due_at(p_city text, p_clock text, p_target integer, p_from timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE p_clock
        WHEN 'hours' THEN p_from + make_interval(hours => p_target)
        ELSE (
            SELECT ((working.day + 1)::timestamp AT TIME ZONE city.timezone) - interval '1 second'
            FROM geoapp.city
            CROSS JOIN LATERAL (
                SELECT days.day
                FROM (
                    SELECT (p_from AT TIME ZONE city.timezone)::date + step AS day
                    FROM generate_series(1, p_target * 3 + 60) AS step
                ) AS days
                WHERE extract(isodow FROM days.day) < 6
                  AND NOT EXISTS (
                      SELECT FROM geoapp.holiday
                      WHERE holiday.city_code = p_city AND holiday.day = days.day)
                ORDER BY days.day
                OFFSET p_target - 1 LIMIT 1
            ) AS working
            WHERE city.code = p_city)
    END
$$;

-- The areas that might have been meant besides the one that was taken: all that cover the
-- point, and the verdict itself where a citizen chose otherwise.
CREATE FUNCTION geoapp.other_areas(p_covering text[], p_verdict text, p_taken text)
RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_agg(DISTINCT other ORDER BY other), '[]')
    FROM unnest(p_covering || p_verdict) AS other
    WHERE other IS NOT NULL AND other IS DISTINCT FROM p_taken
$$;

-- Whether a rule speaks of a service at all, and whether it reaches a place: "city" everywhere
-- but outside, "areas" in the kelurahan it names, "polygon" where it covers the point. Asked by
-- the decision and by its explanation. Plain expressions: the planner puts them in place.
CREATE FUNCTION geoapp.rule_is_about(
    p_rule_service text, p_rule_group text, p_service text, p_group text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_rule_service, p_service) = p_service
       AND coalesce(p_rule_group, p_group) = p_group
$$;
CREATE FUNCTION geoapp.rule_reaches(
    p_coverage text, p_area_codes text[], p_geom geometry, p_kelurahan text, p_inside boolean,
    p_point geometry)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE p_coverage
               WHEN 'city' THEN p_inside
               WHEN 'areas' THEN p_kelurahan = ANY (p_area_codes)
               ELSE p_point IS NOT NULL AND ST_Covers(p_geom, p_point) END
$$;

-- The service area that acts for a service at a place: the first by priority, the more
-- particular before the general. A rule of its own service or group, or of none, counts
-- (its polygon's box is looked at first: 3x on a coast of thousands of corners).
CREATE FUNCTION geoapp.acting_area(
    p_city text, p_set bigint, p_service text, p_group text, p_kelurahan text,
    p_inside boolean, p_point geometry)
RETURNS TABLE (set_id bigint, code text, agency_code text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT service_area.set_id, service_area.code, service_area.agency_code
    FROM geoapp.service_area
    WHERE service_area.city_code = p_city
      AND service_area.set_id = p_set
      AND geoapp.rule_is_about(
              service_area.service_code, service_area.group_code, p_service, p_group)
      AND (service_area.geom IS NULL OR service_area.geom && p_point)
      AND geoapp.rule_reaches(
              service_area.coverage, service_area.area_codes, service_area.geom, p_kelurahan,
              p_inside, p_point)
    ORDER BY service_area.priority, service_area.service_code IS NULL,
             service_area.group_code IS NULL, service_area.code
    LIMIT 1
$$;

-- Who must act, and where it is: the one decision, for a single pin and for every row of
-- an import. Always exactly one row for a known service; no row for an unknown one.
--   p_named      a kelurahan's code, for complaints without a point
--   p_confirmed  a kelurahan's code that the citizen chose over the polygons' verdict
CREATE FUNCTION geoapp.decide(
    p_city text, p_service text, p_point geometry, p_named text, p_confirmed text,
    p_at timestamptz)
RETURNS TABLE (
    metric_srid integer, group_code text, needs_place boolean, blur_m integer, clock text,
    target integer, due_at timestamptz, kelurahan_set bigint, approximate boolean,
    covering_code text, kelurahan_code text, kecamatan_code text, agency_code text,
    service_area_set bigint, service_area_code text, method text, ambiguous boolean,
    alternatives jsonb)
LANGUAGE sql STABLE ROWS 1 AS $$
    WITH catalogue AS MATERIALIZED (
        SELECT city.metric_srid, service.group_code, version.*, kelurahan.id AS kelurahan_set,
               kelurahan.approximate, areas.id AS service_area_set
        FROM geoapp.city
        JOIN geoapp.service ON service.city_code = city.code AND service.code = p_service
        JOIN geoapp.service_version AS version
          ON version.city_code = service.city_code AND version.service_code = service.code
         AND daterange(version.valid_from, version.valid_to)
             @> (p_at AT TIME ZONE city.timezone)::date
        LEFT JOIN geoapp.boundary_set AS kelurahan
          ON kelurahan.city_code = city.code AND kelurahan.layer = 'kelurahan'
         AND kelurahan.status = 'active'
        LEFT JOIN geoapp.boundary_set AS areas
          ON areas.city_code = city.code AND areas.layer = 'service_area'
         AND areas.status = 'active'
        WHERE city.code = p_city
    ),
    covering AS MATERIALIZED (
        SELECT array_agg(DISTINCT hit.code ORDER BY hit.code) AS codes
        FROM catalogue
        CROSS JOIN LATERAL geoapp.area_at(p_city, catalogue.kelurahan_set, p_point) AS hit
        WHERE p_point IS NOT NULL
    ),
    nearest AS MATERIALIZED (
        SELECT near.code
        FROM catalogue
        CROSS JOIN covering
        CROSS JOIN LATERAL geoapp.nearest_area(
            p_city, catalogue.kelurahan_set, p_point, catalogue.metric_srid) AS near
        WHERE p_point IS NOT NULL AND covering.codes IS NULL
    ),
    verdict AS MATERIALIZED (
        SELECT coalesce(covering.codes[1], nearest.code) AS code,
               coalesce(covering.codes, '{}') AS codes,
               CASE WHEN covering.codes IS NOT NULL THEN 'covers'
                    WHEN nearest.code IS NOT NULL THEN 'nearest'
                    WHEN p_point IS NOT NULL THEN 'outside'
                    WHEN p_named IS NOT NULL THEN 'named_area'
                    ELSE 'by_service' END AS method
        FROM covering LEFT JOIN nearest ON true
    ),
    place AS MATERIALIZED (
        SELECT verdict.code AS covering_code, area.code AS kelurahan_code,
               area.parent_code AS kecamatan_code,
               cardinality(verdict.codes) > 1 AS ambiguous,
               CASE WHEN verdict.method IN ('covers', 'nearest') AND area.code <> verdict.code
                    THEN 'confirmed' ELSE verdict.method END AS method,
               geoapp.other_areas(verdict.codes, verdict.code, area.code) AS alternatives
        FROM catalogue
        CROSS JOIN verdict
        LEFT JOIN geoapp.area
          ON area.city_code = p_city AND area.set_id = catalogue.kelurahan_set
         AND area.code = CASE WHEN p_point IS NULL THEN p_named
                              WHEN verdict.method = 'outside' THEN NULL
                              ELSE coalesce(p_confirmed, verdict.code) END
    )
    SELECT catalogue.metric_srid, catalogue.group_code, catalogue.needs_place, catalogue.blur_m,
           catalogue.clock, catalogue.target,
           geoapp.due_at(p_city, catalogue.clock, catalogue.target, p_at),
           catalogue.kelurahan_set, catalogue.approximate,
           place.covering_code, place.kelurahan_code, place.kecamatan_code,
           coalesce(acting.agency_code, catalogue.agency_code),
           acting.set_id, acting.code, place.method, place.ambiguous,
           place.alternatives
    FROM catalogue
    CROSS JOIN place
    LEFT JOIN LATERAL geoapp.acting_area(
        p_city, catalogue.service_area_set, p_service, catalogue.group_code,
        place.kelurahan_code, place.method <> 'outside', p_point) AS acting ON true
$$;

-- Two numbers in [0, 1) that nobody can foresee: gen_random_uuid() draws from the
-- operating system's generator, random() can be reckoned back from its output.
CREATE FUNCTION geoapp.secret_uniforms(OUT u double precision, OUT v double precision)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    hex text := replace(gen_random_uuid()::text, '-', '');
BEGIN
    -- digits 13 and 17 of a version 4 UUID are fixed; 1-12 and 21-32 are random
    u := ('x' || substr(hex, 1, 12))::bit(48)::bigint / 281474976710656.0;
    v := ('x' || substr(hex, 21, 12))::bit(48)::bigint / 281474976710656.0;
END $$;

-- The position that everybody may see: drawn once, evenly within blur_m metres of the
-- point and inside the area that the point was assigned to, by the same verdict. Rounded
-- to 1e-6 degrees (a decimetre), so that its digits tell nothing about the draw.
-- Without an area (outside) or blur the rounded point itself is public.
CREATE FUNCTION geoapp.draw_public_point(
    p_city text, p_set bigint, p_code text, p_point geometry, p_blur_m integer,
    p_metric_srid integer)
RETURNS geometry LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    centre geometry;
    drawn geometry;
    room geometry;
    dice record;
BEGIN
    IF p_point IS NULL OR p_blur_m = 0 THEN
        RETURN p_point;
    END IF;
    IF p_code IS NULL THEN
        -- outside, wherever that is: a point a quarter of the earth away has no place in the
        -- city's metric system
        SELECT * INTO dice FROM geoapp.secret_uniforms();
        RETURN ST_SnapToGrid(ST_Project(
            p_point::geography, p_blur_m * sqrt(dice.u), 2 * pi() * dice.v)::geometry, 1e-6);
    END IF;
    centre := ST_Transform(p_point, p_metric_srid);
    FOR attempt IN 1..60 LOOP
        SELECT * INTO dice FROM geoapp.secret_uniforms();
        drawn := ST_SnapToGrid(ST_Transform(ST_Translate(centre,
            p_blur_m * sqrt(dice.u) * cos(2 * pi() * dice.v),
            p_blur_m * sqrt(dice.u) * sin(2 * pi() * dice.v)), 4326), 1e-6);
        IF p_code = (
            SELECT min(hit.code) FROM geoapp.area_at(p_city, p_set, drawn) AS hit) THEN
            RETURN drawn;
        END IF;
    END LOOP;
    -- The area fills only a sliver of the disc: draw inside the sliver. Where areas
    -- overlap everywhere in it, a place on the surface of what remains must do.
    SELECT ST_Intersection(ST_Transform(area.geom, p_metric_srid), ST_Buffer(centre, p_blur_m))
    INTO room
    FROM geoapp.area
    WHERE area.city_code = p_city AND area.set_id = p_set AND area.code = p_code;
    FOR attempt IN 1..60 LOOP
        EXIT WHEN room IS NULL OR ST_Area(room) = 0;
        SELECT * INTO dice FROM geoapp.secret_uniforms();
        drawn := ST_SnapToGrid(ST_Transform(ST_GeometryN(ST_GeneratePoints(
            room, 1, 1 + floor(dice.u * 2147483646)::integer), 1), 4326), 1e-6);
        IF p_code = (
            SELECT min(hit.code) FROM geoapp.area_at(p_city, p_set, drawn) AS hit) THEN
            RETURN drawn;
        END IF;
    END LOOP;
    SELECT area.label INTO drawn
    FROM geoapp.area
    WHERE area.city_code = p_city AND area.set_id = p_set AND area.code = p_code;
    RETURN ST_SnapToGrid(drawn, 1e-6);
END $$;

-- The kelurahan that everybody is told: where nothing is blurred the complaint's own; else
-- the one that the public position lies in, so that it tells nothing the position doesn't.
CREATE FUNCTION geoapp.public_area(
    p_city text, p_set bigint, p_public_point geometry, p_blur_m integer, p_kelurahan text)
RETURNS TABLE (code text, parent_code text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT area.code, area.parent_code
    FROM geoapp.area
    WHERE area.city_code = p_city
      AND area.set_id = p_set
      AND area.code = CASE
              WHEN p_public_point IS NULL OR p_blur_m = 0 THEN p_kelurahan
              ELSE (
                  SELECT min(hit.code) FROM geoapp.area_at(p_city, p_set, p_public_point) AS hit)
          END
$$;

-- What an area is called: by the set in force, or by the set that decided when the code is
-- no more. A complaint that stays where it was goes on naming the set that decided it.
CREATE FUNCTION geoapp.area_told(p_city text, p_set bigint, p_code text)
RETURNS TABLE (name text, parent_name text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT area.name, area.parent_name
    FROM geoapp.boundary_set AS sets
    JOIN geoapp.area ON area.city_code = sets.city_code AND area.set_id = sets.id
                    AND area.code = p_code
    WHERE sets.city_code = p_city
      AND (sets.id = p_set OR (sets.layer = 'kelurahan' AND sets.status = 'active'))
    ORDER BY sets.status = 'active' DESC
    LIMIT 1
$$;

-- What a city's public data stands at, for ETags. Ids commit out of order, so the last
-- one alone would miss a transaction that commits late: the last event below the oldest
-- running transaction (everything there is settled) and the number in sight above it
-- (which only grows) together change with every commit.
-- With the owner's rights: visitors don't read the history itself.
CREATE FUNCTION geoapp.data_version(p_city text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
               (SELECT event.xid || '.' || event.id
                FROM geoapp.complaint_event AS event
                WHERE event.city_code = p_city
                  AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY event.xid DESC, event.id DESC
                LIMIT 1), '0')
        || '.' ||
        (SELECT count(*)
         FROM geoapp.complaint_event AS event
         WHERE event.city_code = p_city
           AND event.xid >= pg_snapshot_xmin(pg_current_snapshot()))
$$;

-- Where the complaint with a ticket stands, for whoever holds the ticket, confidential or
-- not. One ticket at a time, with the owner's rights: nobody can list them.
CREATE FUNCTION geoapp.ticket_state(p_city text, p_ticket text)
RETURNS TABLE (
    ticket text, status text, submitted_at timestamptz, due_at timestamptz,
    resolved_at timestamptz, closed_at timestamptz, confidential boolean)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
    SELECT complaint.ticket, complaint.status, complaint.submitted_at, complaint.due_at,
           complaint.resolved_at, complaint.closed_at, complaint.confidential
    FROM geoapp.complaint
    WHERE complaint.city_code = p_city AND complaint.ticket = p_ticket
$$;

-- Planner statistics after a bulk load: only an owner may ANALYZE, and the worker isn't one.
CREATE FUNCTION geoapp.refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE geoapp.area, geoapp.area_piece, geoapp.service_area, geoapp.complaint,
        geoapp.assignment, geoapp.complaint_event;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.refresh_statistics() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.data_version(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.ticket_state(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.refresh_statistics() TO geoapp_worker;
GRANT EXECUTE ON FUNCTION geoapp.data_version(text) TO geoapp_visitor, geoapp_worker;
GRANT EXECUTE ON FUNCTION geoapp.ticket_state(text, text) TO geoapp_visitor, geoapp_worker;
