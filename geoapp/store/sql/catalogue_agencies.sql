-- The agencies of a city by the name they have on one day; those that ended keep their last.
SELECT DISTINCT ON (agency_code) agency_code AS code, name, name_en, short_name, unit, in_city
FROM geoapp.agency_version
WHERE city_code = :city_code AND valid_from <= cast(:day AS date)
ORDER BY agency_code, valid_from DESC
