-- Keys in use that end within thirty days: whoever works with them should hear of it before.
SELECT api_key.id, api_key.account_id, account.name AS account_name, api_key.name,
       api_key.hint, api_key.expires_at
FROM geoapp.api_key
JOIN geoapp.account
  ON account.city_code = api_key.city_code AND account.id = api_key.account_id
WHERE api_key.city_code = :city_code
  AND api_key.revoked_at IS NULL
  AND account.active
  AND api_key.expires_at BETWEEN now() AND now() + interval '30 days'
ORDER BY api_key.expires_at, api_key.id
