-- What a person may ask of the city: their data, or that it goes.
SET LOCAL lock_timeout = '5s';

-- Every request and what was done, without the person: who asked is what goes.
CREATE TABLE geoapp.privacy_request (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('export', 'erase', 'retention', 'breach')),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL DEFAULT '',
    -- counts, and tickets where they don't tell who it was
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (city_code, id)
);
ALTER TABLE geoapp.privacy_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.privacy_request TO geoapp_worker USING (true);
CREATE POLICY administers_reads ON geoapp.privacy_request FOR SELECT TO geoapp_admin
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND (SELECT current_setting('geoapp.administers', true)) = 'on');
GRANT SELECT, INSERT ON geoapp.privacy_request TO geoapp_worker;
GRANT SELECT ON geoapp.privacy_request TO geoapp_admin;
