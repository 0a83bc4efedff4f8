SET LOCAL lock_timeout = '5s';

-- Roads and who keeps them: the city, the province or the nation.
CREATE TABLE geoapp.road_line (
    city_code text COLLATE "C" NOT NULL,
    set_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    ref text,
    authority text NOT NULL CHECK (authority IN ('city', 'province', 'nation')),
    agency_code text COLLATE "C",
    geom geometry(MultiLineString, 4326) NOT NULL CHECK (NOT ST_IsEmpty(geom)),
    PRIMARY KEY (city_code, set_id, code),
    FOREIGN KEY (city_code, set_id) REFERENCES geoapp.boundary_set (city_code, id) ON DELETE CASCADE,
    FOREIGN KEY (city_code, agency_code) REFERENCES geoapp.agency (city_code, code)
);
CREATE INDEX road_line_geom ON geoapp.road_line USING gist (set_id, geom);

GRANT SELECT ON geoapp.road_line
    TO geoapp_visitor, geoapp_intake, geoapp_worker, geoapp_listener, geoapp_staff, geoapp_admin;
GRANT INSERT, UPDATE, DELETE ON geoapp.road_line TO geoapp_worker;
