-- Keeps a filter unless the account has as many as it may.
INSERT INTO geoapp.saved_filter (city_code, account_id, name, query, shared)
SELECT :city_code, :account_id, :name, :query, :shared
WHERE (SELECT count(*) FROM geoapp.saved_filter
       WHERE city_code = :city_code AND account_id = :account_id) < :most
RETURNING id
