-- A complaint as everybody may see it, as explain.sql reads it. Nothing but the public view and
-- the rules in force: where the position is blurred there is no point, only the kelurahan that
-- everybody is told, so that the reasons tell nothing the view doesn't. by_rule: the rules
-- lead from that to its agency; else a person chose it, or what isn't public did.
SELECT complaint.city_code, shown.point, sets.metric_srid, complaint.submitted_at AS at,
       complaint.service_code, complaint.group_code,
       cast(NULL AS double precision) AS accuracy_m,
       coalesce(complaint.kelurahan_set, sets.kelurahan_set) AS kelurahan_set,
       sets.service_area_set, cast(NULL AS bigint) AS road_set,
       cast(NULL AS text) AS authority_offer,
       complaint.kelurahan_code, cast(NULL AS text) AS edge_code, complaint.agency_code,
       found.method,
       -- a point, and yet another kelurahan than its polygons say: that it lies there is all
       CASE WHEN found.method = 'named_area' AND shown.point IS NOT NULL
            THEN 'manual' ELSE found.method END AS place_method,
       false AS ambiguous,
       CASE WHEN decided.agency_code = complaint.agency_code
            THEN decided.service_area_code END AS service_area_code,
       decided.agency_code = complaint.agency_code AS by_rule,
       complaint.shown_within_m
FROM geoapp.complaint_public AS complaint
CROSS JOIN LATERAL geoapp.sets_with(complaint.city_code, NULL) AS sets
CROSS JOIN LATERAL (
    SELECT CASE WHEN complaint.shown_within_m = 0 THEN complaint.geom END AS point
) AS shown
CROSS JOIN LATERAL geoapp.decide(
    complaint.city_code, complaint.service_code, shown.point, complaint.kelurahan_code,
    complaint.kelurahan_code, complaint.submitted_at) AS decided
CROSS JOIN LATERAL (
    -- not "confirmed": which of the reporter and older boundaries said so isn't public
    SELECT CASE WHEN complaint.kelurahan_code IS NULL THEN decided.method
                WHEN shown.point IS NULL THEN 'named_area'
                WHEN decided.method = 'confirmed' OR decided.method = 'outside' THEN 'named_area'
                ELSE decided.method END AS method
) AS found
WHERE complaint.city_code = :city_code AND complaint.ticket = :ticket
