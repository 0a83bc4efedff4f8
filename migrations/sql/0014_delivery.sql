-- The outbox: one row per event and destination, made from the feed, so that no writer of
-- events can forget it, and none is made twice.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.delivery (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    event_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    -- what is told: received, verified, assigned, answer, resolved, …
    kind text NOT NULL CHECK (kind <> ''),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN
        ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    -- how often the connection broke after the text was handed over: it may have arrived
    uncertain integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_at timestamptz,
    sent_at timestamptz,
    problem text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, id),
    CONSTRAINT delivery_once UNIQUE (city_code, event_id, contact_id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id),
    FOREIGN KEY (city_code, contact_id) REFERENCES geoapp.contact (city_code, id),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'sending') = (claimed_at IS NOT NULL))
);
CREATE INDEX delivery_due ON geoapp.delivery (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_contact ON geoapp.delivery (city_code, contact_id);
CREATE INDEX delivery_complaint ON geoapp.delivery (city_code, complaint_id);

-- How far the feed has been looked through for what somebody is to be told.
CREATE TABLE geoapp.notice_cursor (
    city_code text COLLATE "C" PRIMARY KEY REFERENCES geoapp.city (code),
    xid xid8 NOT NULL,
    event_id bigint NOT NULL
);

ALTER TABLE geoapp.delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.delivery TO geoapp_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.delivery, geoapp.notice_cursor TO geoapp_worker;
