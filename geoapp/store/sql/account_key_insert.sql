-- A key for a machine's account.
INSERT INTO geoapp.api_key (city_code, account_id, name, hint, key_sha256, scopes, created_by,
    expires_at)
SELECT :city_code, account.id, :name, :hint, :key_sha256, :scopes, :created_by,
    now() + make_interval(days => :days)
FROM geoapp.account
WHERE city_code = :city_code AND account.id = :account_id AND kind = 'machine' AND active
RETURNING id, expires_at
