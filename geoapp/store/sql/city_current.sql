-- Cities with everything their pages need.
SELECT code, slug, name, name_en, timezone, metric_srid, locale, ticket_prefix, host, practice,
       unprefixed, ombudsman,
       ST_X(centre) AS centre_lon, ST_Y(centre) AS centre_lat,
       ST_XMin(envelope) AS west, ST_YMin(envelope) AS south,
       ST_XMax(envelope) AS east, ST_YMax(envelope) AS north
FROM geoapp.city
ORDER BY code
