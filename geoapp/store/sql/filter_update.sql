-- Other words or another question for a filter that is kept; what isn't given stays.
UPDATE geoapp.saved_filter
SET name = coalesce(:name, name), query = coalesce(:query, query),
    shared = coalesce(:shared, shared), changed_at = now()
WHERE city_code = :city_code AND id = :id
RETURNING id
