-- What led to a decision, and what it would be next door: the polygons covering the point, the
-- rules in the order in which they are tried, the road beside it, the neighbours within :near_m metres or the
-- position's accuracy, the sets. Asks the functions that decide, so that the explanation can't
-- say anything else. Comes after: asked (one row: explain_point, explain_complaint or
-- explain_public.sql). Distances are metres in the city's metric CRS.
SELECT asked.service_code, asked.accuracy_m, asked.kelurahan_code, asked.agency_code,
       asked.method, asked.place_method, asked.ambiguous, asked.service_area_code,
       asked.by_rule, asked.shown_within_m, ST_X(asked.point) AS lon, ST_Y(asked.point) AS lat,
       taken.name AS kelurahan_name, taken.parent_code AS kecamatan_code,
       taken.parent_name AS kecamatan_name, promise.agency_code AS default_agency,
       covering.told AS covering, sets.told AS sets, rules.told AS rules,
       rules.others AS rules_of_others, alternatives.told AS alternatives,
       beside.road, asked.authority_offer, coalesce(kind.by_road AND asked.road_set IS NOT NULL, false) AS by_road,
       CASE WHEN asked.point IS NOT NULL THEN geoapp.edge_distance(
           asked.city_code, asked.kelurahan_set,
           coalesce(asked.edge_code, covering.first, asked.kelurahan_code), asked.point,
           asked.metric_srid) END AS edge_distance_m
FROM asked
LEFT JOIN geoapp.area AS taken
       ON taken.city_code = asked.city_code AND taken.set_id = asked.kelurahan_set
      AND taken.code = asked.kelurahan_code
LEFT JOIN geoapp.service_group AS kind
       ON kind.city_code = asked.city_code AND kind.code = asked.group_code
LEFT JOIN LATERAL geoapp.road_offer(
    asked.city_code, asked.road_set, asked.group_code, asked.point) AS beside ON true
LEFT JOIN LATERAL (
    SELECT version.agency_code
    FROM geoapp.service_version AS version
    JOIN geoapp.city ON city.code = version.city_code
    WHERE version.city_code = asked.city_code AND version.service_code = asked.service_code
      AND daterange(version.valid_from, version.valid_to)
          @> (asked.at AT TIME ZONE city.timezone)::date
) AS promise ON true
CROSS JOIN LATERAL (
    SELECT min(hit.code) AS first,
           coalesce(jsonb_agg(jsonb_build_object(
               'code', hit.code, 'name', area.name, 'kecamatan_code', area.parent_code,
               'kecamatan_name', area.parent_name,
               'edge_distance_m', geoapp.edge_distance(
                   asked.city_code, asked.kelurahan_set, hit.code, asked.point,
                   asked.metric_srid))
               ORDER BY hit.code), '[]') AS told
    FROM (
        -- an area comes once for each of its pieces at the point
        SELECT DISTINCT piece.code
        FROM geoapp.area_at(asked.city_code, asked.kelurahan_set, asked.point) AS piece
        WHERE asked.point IS NOT NULL
    ) AS hit
    JOIN geoapp.area ON area.city_code = asked.city_code AND area.set_id = asked.kelurahan_set
                    AND area.code = hit.code
) AS covering
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(named.layer, jsonb_build_object(
               'id', named.id, 'version', named.version, 'approximate', named.approximate,
               'valid_from', named.valid_from, 'source', named.source)), '{}') AS told
    FROM geoapp.boundary_set AS named
    WHERE named.city_code = asked.city_code
      AND named.id IN (asked.kelurahan_set, asked.service_area_set, asked.road_set)
) AS sets
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'code', rule.code, 'name', rule.name, 'agency', rule.agency_code,
               'priority', rule.priority, 'coverage', rule.coverage, 'matched', rule.matched,
               'distance_m', CASE WHEN rule.coverage = 'polygon' AND NOT rule.matched
                                  THEN ST_Distance(rule.geom::geography,
                                                   asked.point::geography) END)
               -- the order of geoapp.acting_area
               ORDER BY rule.priority, rule.service_code IS NULL, rule.group_code IS NULL,
                        rule.code) FILTER (WHERE rule.about), '[]') AS told,
           count(*) FILTER (WHERE NOT rule.about) AS others
    FROM (
        SELECT service_area.*,
               geoapp.rule_is_about(service_area.service_code, service_area.group_code,
                                    asked.service_code, asked.group_code) AS about,
               coalesce(geoapp.rule_reaches(
                   service_area.coverage, service_area.area_codes, service_area.geom,
                   asked.kelurahan_code, asked.place_method <> 'outside', asked.point),
                   false) AS matched
        FROM geoapp.service_area
        WHERE service_area.city_code = asked.city_code
          AND service_area.set_id = asked.service_area_set
    ) AS rule
) AS rules
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'code', near.code, 'name', near.name, 'kecamatan_code', near.parent_code,
               'kecamatan_name', near.parent_name, 'distance_m', near.distance_m,
               'agency', there.agency_code, 'service_area', there.service_area_code)
               ORDER BY near.distance_m, near.code), '[]') AS told
    FROM geoapp.sets_with(asked.city_code, NULL) AS in_force
    CROSS JOIN LATERAL (
        SELECT around.*
        FROM (
            SELECT area.code, area.name, area.parent_code, area.parent_name,
                   ST_Distance(ST_Transform(area.geom, asked.metric_srid),
                               ST_Transform(asked.point, asked.metric_srid)) AS distance_m
            FROM geoapp.area
            WHERE area.city_code = asked.city_code AND area.set_id = in_force.kelurahan_set
              AND area.code IS DISTINCT FROM asked.kelurahan_code
              -- in degrees, a fifth too wide: see geoapp.nearest_area
              AND area.geom && ST_Expand(
                  asked.point,
                  1.2 * greatest(asked.accuracy_m, :near_m)
                      / (111320 * greatest(cos(radians(ST_Y(asked.point))), 0.01)),
                  1.2 * greatest(asked.accuracy_m, :near_m) / 110574.0)
        ) AS around
        WHERE around.distance_m <= greatest(asked.accuracy_m, :near_m)
        ORDER BY around.distance_m, around.code
        LIMIT :most
    ) AS near
    CROSS JOIN LATERAL geoapp.decide(
        asked.city_code, asked.service_code, asked.point, NULL, near.code, asked.at) AS there
    WHERE there.kelurahan_code = near.code
) AS alternatives
