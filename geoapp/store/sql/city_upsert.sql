INSERT INTO geoapp.city (
    code, slug, name, name_en, timezone, metric_srid, locale, ticket_prefix, host,
    parent_prefix_length, centre, envelope, road_within_m, road_agencies, ombudsman,
    unprefixed)
VALUES (
    :code, :slug, :name, :name_en, :timezone, :metric_srid, :locale, :ticket_prefix, :host,
    :parent_prefix_length, ST_SetSRID(ST_MakePoint(:centre_lon, :centre_lat), 4326),
    ST_MakeEnvelope(:west, :south, :east, :north, 4326), :road_within_m,
    cast(:road_agencies AS jsonb), cast(:ombudsman AS jsonb),
    -- the first one here: its addresses need no slug, and stay valid when others come
    NOT EXISTS (SELECT FROM geoapp.city WHERE NOT practice))
ON CONFLICT (code) DO UPDATE SET
    slug = excluded.slug, name = excluded.name, name_en = excluded.name_en,
    timezone = excluded.timezone, metric_srid = excluded.metric_srid, locale = excluded.locale,
    ticket_prefix = excluded.ticket_prefix, host = coalesce(excluded.host, city.host),
    parent_prefix_length = excluded.parent_prefix_length, centre = excluded.centre,
    envelope = excluded.envelope, road_within_m = excluded.road_within_m,
    road_agencies = excluded.road_agencies, ombudsman = excluded.ombudsman
