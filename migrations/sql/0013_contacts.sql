-- How to reach people, apart from what they reported and sealed (AES-256-GCM, keys outside the
-- database); what they think of the work; what they take to the Ombudsman.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.contact (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    -- whoever sent it; whoever has the same problem or only follows
    role text NOT NULL CHECK (role IN ('reporter', 'follower')),
    name_sealed bytea,
    email_sealed bytea,
    phone_sealed bytea,
    -- keyed hashes, so that the same address is found again without being read
    email_digest text COLLATE "C",
    phone_digest text COLLATE "C",
    language text NOT NULL DEFAULT 'id' CHECK (language IN ('id', 'en')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    unsubscribed_at timestamptz,
    erased_at timestamptz,
    erased_for text CHECK (erased_for IN ('retention', 'request')),
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id),
    CHECK ((email_sealed IS NULL) = (email_digest IS NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_digest IS NULL)),
    CHECK ((erased_at IS NULL) = (erased_for IS NULL)),
    CHECK (erased_at IS NULL
           OR (name_sealed IS NULL AND email_sealed IS NULL AND phone_sealed IS NULL))
);
CREATE UNIQUE INDEX contact_reporter ON geoapp.contact (city_code, complaint_id)
    WHERE role = 'reporter';
CREATE UNIQUE INDEX contact_once ON geoapp.contact (city_code, complaint_id, email_digest)
    WHERE email_digest IS NOT NULL;
CREATE INDEX contact_email ON geoapp.contact (city_code, email_digest)
    WHERE email_digest IS NOT NULL;
CREATE INDEX contact_phone ON geoapp.contact (city_code, phone_digest)
    WHERE phone_digest IS NOT NULL;
CREATE INDEX contact_kept ON geoapp.contact (created_at) WHERE erased_at IS NULL;

-- Who of the staff was shown whom. Append-only.
CREATE TABLE geoapp.contact_access (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    complaint_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, contact_id) REFERENCES geoapp.contact (city_code, id)
);
CREATE INDEX contact_access_at ON geoapp.contact_access (city_code, at);

-- Addresses that want no mail of ours any more, whichever complaint it is about.
CREATE TABLE geoapp.mail_refusal (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    email_digest text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, email_digest)
);

CREATE TABLE geoapp.rating (
    city_code text COLLATE "C" NOT NULL,
    complaint_id bigint NOT NULL,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    words text NOT NULL DEFAULT '',
    rated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, complaint_id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id)
);

ALTER TABLE geoapp.complaint ADD COLUMN escalated_at timestamptz;
-- Whom a citizen may turn to: {"name", "name_en", "website", "phone"}; empty: nobody is offered.
ALTER TABLE geoapp.city ADD COLUMN ombudsman jsonb NOT NULL DEFAULT '{}';

ALTER TABLE geoapp.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.contact_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.mail_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE geoapp.rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.contact TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.contact_access TO geoapp_worker USING (true)
    WITH CHECK (actor IN ('system', 'citizen'));
CREATE POLICY worker_all ON geoapp.mail_refusal TO geoapp_worker USING (true);
CREATE POLICY worker_all ON geoapp.rating TO geoapp_worker USING (true);
CREATE POLICY staff_reads ON geoapp.rating FOR SELECT TO geoapp_staff USING (
    EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = rating.city_code
              AND complaint.id = rating.complaint_id));
-- Contacts are read and written by functions with the owner's rights alone, which say who may.
CREATE POLICY administers_reads ON geoapp.contact_access FOR SELECT TO geoapp_admin
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.administers', true)) = 'on');
CREATE POLICY auditors ON geoapp.contact_access FOR SELECT TO geoapp_staff
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.reads_all', true)) = 'on');
GRANT SELECT, INSERT, UPDATE ON geoapp.contact TO geoapp_worker;
GRANT SELECT, INSERT ON geoapp.contact_access TO geoapp_worker;
GRANT SELECT ON geoapp.contact_access TO geoapp_admin, geoapp_staff;
GRANT SELECT, INSERT, DELETE ON geoapp.mail_refusal TO geoapp_worker;
GRANT SELECT, UPDATE ON geoapp.rating TO geoapp_worker;
GRANT SELECT ON geoapp.rating TO geoapp_staff;

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
       road_set, road_code, authority_offer, supporters, escalated_at
FROM geoapp.complaint;
