-- A point as explain.sql reads it: the decision that a submission of this service would get
-- here and now, from the function that takes it. No row for an unknown service.
SELECT sets.city_code, input.point, sets.metric_srid, now() AS at,
       cast(:service AS text) AS service_code, decided.group_code,
       cast(:accuracy_m AS double precision) AS accuracy_m,
       sets.kelurahan_set, sets.service_area_set, sets.road_set,
       cast(NULL AS text) AS authority_offer,
       decided.kelurahan_code, decided.covering_code AS edge_code, decided.agency_code,
       decided.method, decided.method AS place_method, decided.ambiguous,
       decided.service_area_code, true AS by_rule, cast(0 AS integer) AS shown_within_m
FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS point) AS input
CROSS JOIN geoapp.sets_with(:city_code, NULL) AS sets
CROSS JOIN LATERAL geoapp.decide(
    :city_code, :service, input.point, NULL, NULL, now()) AS decided
