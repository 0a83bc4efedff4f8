-- Brings decisions taken beforehand to the complaints named, which the caller has locked and
-- whose version is the one that was decided. Those that move get a decision and an event,
-- those that stay for other reasons a decision. Ward then: kept from the first change on, for
-- what came before the day the set holds from (null: no set of kelurahan came).
WITH batch AS MATERIALIZED (
    SELECT pending.*, complaint.ticket, complaint.submitted_at < cast(:starts AS timestamptz) AS before,
           (complaint.kelurahan_code, complaint.kecamatan_code, complaint.public_kelurahan_code,
            complaint.public_kecamatan_code, complaint.agency_code)
           IS DISTINCT FROM
           (pending.kelurahan_code, pending.kecamatan_code, pending.public_kelurahan_code,
            pending.public_kecamatan_code, pending.agency_code) AS counts_elsewhere
    FROM geoapp.pending_decision AS pending
    JOIN geoapp.complaint ON complaint.city_code = :city_code
                         AND complaint.id = pending.complaint_id
                         AND complaint.version = pending.version
    WHERE pending.city_code = :city_code AND pending.activation_id = :activation_id
      -- the range as well: to the planner a long list is a filter on all that is pending
      AND pending.complaint_id BETWEEN :first AND :last
      AND pending.complaint_id = ANY (cast(:ids AS bigint[]))
),
brought_along AS (
    UPDATE geoapp.complaint
    SET kelurahan_set = batch.kelurahan_set,
        kelurahan_code = batch.kelurahan_code,
        kecamatan_code = batch.kecamatan_code,
        public_kelurahan_code = batch.public_kelurahan_code,
        public_kecamatan_code = batch.public_kecamatan_code,
        then_kelurahan_code = geoapp.area_then(
            batch.before, complaint.then_kelurahan_code, complaint.kelurahan_code,
            batch.kelurahan_code),
        then_kecamatan_code = geoapp.area_then(
            batch.before, complaint.then_kecamatan_code, complaint.kecamatan_code,
            batch.kecamatan_code),
        public_then_kelurahan_code = geoapp.area_then(
            batch.before, complaint.public_then_kelurahan_code, complaint.public_kelurahan_code,
            batch.public_kelurahan_code),
        public_then_kecamatan_code = geoapp.area_then(
            batch.before, complaint.public_then_kecamatan_code, complaint.public_kecamatan_code,
            batch.public_kecamatan_code),
        service_area_set = batch.service_area_set,
        service_area_code = batch.service_area_code,
        agency_code = batch.agency_code,
        assignment_method = CASE WHEN complaint.assignment_method = 'manual' THEN 'manual'
                                 ELSE batch.method END,
        ambiguous = batch.ambiguous,
        road_set = batch.road_set,
        road_code = batch.road_code,
        authority_offer = batch.authority_offer,
        -- who has the case open must look again before the next step
        version = complaint.version + CASE WHEN batch.moves THEN 1 ELSE 0 END,
        updated_at = CASE WHEN batch.moves THEN now() ELSE complaint.updated_at END
    FROM batch
    WHERE complaint.city_code = :city_code AND complaint.id = batch.complaint_id
),
decided AS (
    INSERT INTO geoapp.assignment (
        city_code, complaint_id, decided_by, reason, kelurahan_set, kelurahan_code,
        service_area_set, service_area_code, agency_code, method, ambiguous, alternatives, road)
    SELECT :city_code, complaint_id, 'system', 'boundaries changed', kelurahan_set,
           kelurahan_code, service_area_set, service_area_code, agency_code, method, ambiguous,
           alternatives, road
    FROM batch
    WHERE moves OR other_reasons
),
event AS (
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
    SELECT :city_code, complaint_id, ticket, 'assignment', 'system',
           jsonb_build_object(
               'from', jsonb_build_object('kelurahan', from_kelurahan, 'agency', from_agency),
               'to', jsonb_build_object('kelurahan', kelurahan_code, 'agency', agency_code))
    FROM batch
    WHERE moves
),
-- without an event nobody would count it anew (docs/adr/0017)
marked AS (
    INSERT INTO geoapp.density_mark (city_code, complaint_id)
    SELECT :city_code, complaint_id
    FROM batch
    WHERE counts_elsewhere AND NOT moves
)
SELECT count(*) FILTER (WHERE moves) AS moved, count(*) AS brought FROM batch
