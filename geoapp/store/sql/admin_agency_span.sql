-- Whether an agency is there on every day of a span (no end: for good): its versions,
-- cut to the span, fill it.
SELECT coalesce(
    range_agg(daterange(valid_from, valid_to)) @> daterange(:valid_from, cast(:valid_to AS date)),
    false) AS there
FROM geoapp.agency_version
WHERE city_code = :city_code AND agency_code = :code
