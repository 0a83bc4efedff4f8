-- A practice city beside the real one: the same place under another name.
INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale, ticket_prefix,
                         host, parent_prefix_length, centre, envelope, road_within_m, road_agencies,
                         ombudsman, practice)
SELECT :code, :slug, city.name || ' (latihan)', city.name_en || ' (practice)', city.timezone,
       city.metric_srid, city.locale, :ticket_prefix, NULL, city.parent_prefix_length,
       city.centre, city.envelope, city.road_within_m, city.road_agencies, city.ombudsman, true
FROM geoapp.city
WHERE city.code = :source AND NOT city.practice
