-- The same as assignment_decide.sql for complaints whose new kelurahan is plain (:codes, and
-- :public_codes for the one told to the public, from assignment_movers.sql): what is left is to
-- look up who acts there. A quarter of the work, for all but a few of those that move.
-- One whose service, group or method changed since is caught up by assignment_decide.sql.
WITH target AS MATERIALIZED (
    SELECT * FROM geoapp.sets_with(:city_code, cast(:staged AS bigint[]))
),
batch AS MATERIALIZED (
    SELECT complaint.id, complaint.version, complaint.service_code, complaint.group_code,
           complaint.kelurahan_code, complaint.kecamatan_code, complaint.service_area_code,
           complaint.agency_code, complaint.ambiguous, complaint.public_kelurahan_code,
           complaint.public_kecamatan_code, complaint.road_set, complaint.road_code,
           complaint.authority_offer, asked.code AS new_code, asked.public_code,
           (complaint.submitted_at AT TIME ZONE target.timezone)::date AS day,
           complaint.submitted_at >= cast(:starts AS timestamptz)
           AND coalesce(complaint.then_kelurahan_code, complaint.then_kecamatan_code,
                        complaint.public_then_kelurahan_code, complaint.public_then_kecamatan_code
                       ) IS NOT NULL AS then_is_now
    FROM target
    CROSS JOIN unnest(cast(:ids AS bigint[]), cast(:codes AS text[]),
                      cast(:public_codes AS text[])) AS asked (id, code, public_code)
    JOIN geoapp.complaint ON complaint.city_code = target.city_code AND complaint.id = asked.id
),
ruled AS MATERIALIZED (
    SELECT asked.*, acting.set_id, acting.code AS rule_code, version.valid_from,
           version.valid_to, coalesce(acting.agency_code, version.agency_code) AS acts
    FROM target
    CROSS JOIN (SELECT DISTINCT service_code, group_code, new_code FROM batch) AS asked
    JOIN geoapp.service_version AS version
      ON version.city_code = target.city_code AND version.service_code = asked.service_code
    LEFT JOIN LATERAL geoapp.acting_area(
        target.city_code, target.service_area_set, asked.service_code, asked.group_code,
        asked.new_code, true, NULL) AS acting ON true
),
area AS MATERIALIZED (
    SELECT area.code, area.parent_code
    FROM target
    JOIN geoapp.area ON area.city_code = target.city_code AND area.set_id = target.kelurahan_set
),
kept AS (
    INSERT INTO geoapp.pending_decision (
        city_code, activation_id, complaint_id, version, moves, other_reasons, from_kelurahan,
        from_agency, from_ambiguous, kelurahan_set, kelurahan_code, kecamatan_code,
        public_kelurahan_code, public_kecamatan_code, service_area_set, service_area_code,
        agency_code, method, ambiguous, alternatives, road_set, road_code, authority_offer)
    SELECT :city_code, :activation_id, batch.id, batch.version, judged.moves, false,
           batch.kelurahan_code, batch.agency_code, batch.ambiguous, target.kelurahan_set,
           batch.new_code, here.parent_code, batch.public_code, shown.parent_code, ruled.set_id,
           ruled.rule_code, ruled.acts, 'covers', false, '[]', batch.road_set, batch.road_code,
           batch.authority_offer
    FROM target
    CROSS JOIN batch
    JOIN ruled ON ruled.service_code = batch.service_code AND ruled.new_code = batch.new_code
              AND ruled.group_code = batch.group_code
              AND batch.day >= ruled.valid_from
              AND (ruled.valid_to IS NULL OR batch.day < ruled.valid_to)
    JOIN area AS here ON here.code = batch.new_code
    JOIN area AS shown ON shown.code = batch.public_code
    CROSS JOIN LATERAL (
        SELECT (batch.new_code, ruled.acts, ruled.rule_code) IS DISTINCT FROM
               (batch.kelurahan_code, batch.agency_code, batch.service_area_code) AS moves
    ) AS judged
    WHERE judged.moves OR batch.then_is_now
       OR (here.parent_code, batch.public_code, shown.parent_code) IS DISTINCT FROM
          (batch.kecamatan_code, batch.public_kelurahan_code, batch.public_kecamatan_code)
    RETURNING moves
)
SELECT count(*) FILTER (WHERE moves) FROM kept
