-- Who has the same problem. People have no accounts: a browser is known by a keyed hash of a
-- random mark it keeps, which tells nothing about whose it is.
SET LOCAL lock_timeout = '5s';

-- Which browser sent a complaint: it can't support its own.
CREATE TABLE geoapp.complaint_sender (
    city_code text COLLATE "C" NOT NULL,
    complaint_id bigint NOT NULL,
    person text COLLATE "C" NOT NULL CHECK (person <> ''),
    PRIMARY KEY (city_code, complaint_id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX complaint_sender_person ON geoapp.complaint_sender (city_code, person);

CREATE TABLE geoapp.supporter (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    person text COLLATE "C" NOT NULL CHECK (person <> ''),
    supported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at timestamptz,
    PRIMARY KEY (city_code, id),
    CONSTRAINT supporter_once UNIQUE (city_code, complaint_id, person),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);
CREATE INDEX supporter_person ON geoapp.supporter (city_code, person);

-- Two that look alike and aren't the same: somebody looked. The lower number first.
CREATE TABLE geoapp.not_duplicate (
    city_code text COLLATE "C" NOT NULL,
    first_id bigint NOT NULL,
    second_id bigint NOT NULL,
    said_by text NOT NULL,
    said_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, first_id, second_id),
    FOREIGN KEY (city_code, first_id) REFERENCES geoapp.complaint (city_code, id),
    FOREIGN KEY (city_code, second_id) REFERENCES geoapp.complaint (city_code, id),
    CHECK (first_id < second_id)
);
CREATE INDEX not_duplicate_second ON geoapp.not_duplicate (city_code, second_id);

-- People beside the reporter who have the same problem, each counted once; with those of the
-- complaints that were merged into it.
ALTER TABLE geoapp.complaint
    ADD COLUMN supporters integer NOT NULL DEFAULT 0 CHECK (supporters >= 0);

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
       nullif(coalesce(public_then_kecamatan_code, public_kecamatan_code), '') AS then_kecamatan_code,
       supporters
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
       nullif(coalesce(then_kecamatan_code, kecamatan_code), '') AS then_kecamatan_code,
       road_set, road_code, authority_offer, supporters
FROM geoapp.complaint;

ALTER TABLE geoapp.complaint_sender ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.supporter ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.not_duplicate ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.complaint_sender TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.supporter TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.not_duplicate TO geoapp_worker USING (true);
CREATE POLICY intake_writes ON geoapp.complaint_sender FOR INSERT TO geoapp_intake
    WITH CHECK (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
                AND geoapp.is_at_hand(city_code, complaint_id,
                                      current_setting('geoapp.ticket', true)));
CREATE POLICY staff_reads ON geoapp.not_duplicate FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), '')));
CREATE POLICY staff_writes ON geoapp.not_duplicate FOR INSERT TO geoapp_staff WITH CHECK (
    city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
    AND (SELECT current_setting('geoapp.writes_all', true)) = 'on'
    AND said_by = (SELECT 'account:' || nullif(current_setting('geoapp.account', true), '')));
GRANT INSERT ON geoapp.complaint_sender TO geoapp_intake;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON geoapp.complaint_sender, geoapp.supporter, geoapp.not_duplicate TO geoapp_worker;
GRANT SELECT ON geoapp.not_duplicate TO geoapp_staff;
GRANT INSERT (city_code, first_id, second_id, said_by) ON geoapp.not_duplicate TO geoapp_staff;
