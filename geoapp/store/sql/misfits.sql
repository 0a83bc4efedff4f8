-- Re-routings of the same kind: complaints that a person gave to another agency than the rules
-- had, and that are there still, since a moment. Counted by kelurahan, and by rule where one
-- kind is spread over several kelurahan; of a kind at least :least. One that came back to the
-- agency of the rules isn't there any more, so it doesn't count.
SELECT counted.service_code, counted.from_agency, counted.to_agency, counted.by_rule,
       counted.kelurahan_code, place.name AS kelurahan_name, counted.rule_code,
       rule.name AS rule_name, counted.total, counted.first_at, counted.last_at,
       counted.kelurahan, counted.examples[1:5] AS examples
FROM (
    SELECT moved.service_code, moved.from_agency, moved.to_agency,
           GROUPING(moved.kelurahan_code) = 1 AS by_rule, moved.kelurahan_code, moved.rule_code,
           count(*) AS total, min(moved.moved_at) AS first_at, max(moved.moved_at) AS last_at,
           array_agg(DISTINCT moved.kelurahan_code)
               FILTER (WHERE moved.kelurahan_code IS NOT NULL) AS kelurahan,
           max(moved.kelurahan_set) AS kelurahan_set, max(moved.rule_set) AS rule_set,
           array_agg(jsonb_build_object('ticket', moved.ticket, 'at', moved.moved_at,
                                        'reason', moved.reason)
                     ORDER BY moved.moved_at DESC, moved.ticket) AS examples
    FROM (
        SELECT complaint.ticket, complaint.service_code, ruled.agency_code AS from_agency,
               given.agency_code AS to_agency, ruled.kelurahan_set, ruled.kelurahan_code,
               ruled.service_area_set AS rule_set, ruled.service_area_code AS rule_code,
               given.decided_at AS moved_at, given.reason
        FROM geoapp.complaint_work AS complaint
        CROSS JOIN LATERAL (
            SELECT decision.id, decision.agency_code, decision.decided_at, decision.reason
            FROM geoapp.assignment AS decision
            WHERE decision.city_code = complaint.city_code
              AND decision.complaint_id = complaint.id AND decision.method = 'manual'
            ORDER BY decision.id DESC
            LIMIT 1
        ) AS given
        CROSS JOIN LATERAL (
            SELECT decision.agency_code, decision.kelurahan_set, decision.kelurahan_code,
                   decision.service_area_set, decision.service_area_code
            FROM geoapp.assignment AS decision
            WHERE decision.city_code = complaint.city_code
              AND decision.complaint_id = complaint.id AND decision.method <> 'manual'
              AND decision.id < given.id
            ORDER BY decision.id DESC
            LIMIT 1
        ) AS ruled
        WHERE complaint.city_code = :city_code
          AND complaint.assignment_method = 'manual'
          AND given.agency_code <> ruled.agency_code
          AND given.decided_at >= :since
    ) AS moved
    GROUP BY GROUPING SETS (
        (moved.service_code, moved.from_agency, moved.to_agency, moved.kelurahan_code),
        (moved.service_code, moved.from_agency, moved.to_agency, moved.rule_code))
) AS counted
LEFT JOIN LATERAL geoapp.area_told(
    :city_code, counted.kelurahan_set, counted.kelurahan_code) AS place ON true
LEFT JOIN geoapp.service_area AS rule
       ON rule.city_code = :city_code AND rule.set_id = counted.rule_set
      AND rule.code = counted.rule_code
WHERE counted.total >= :least
  -- all in one kelurahan: told there already
  AND (NOT counted.by_rule OR cardinality(counted.kelurahan) > 1)
  AND (counted.by_rule OR counted.kelurahan_code IS NOT NULL)
ORDER BY counted.total DESC, counted.last_at DESC, counted.service_code, counted.by_rule,
         counted.kelurahan_code, counted.rule_code
LIMIT :most
