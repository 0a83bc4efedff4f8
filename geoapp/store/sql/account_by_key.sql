-- Whose an API key is, with its scopes and the machine's grants; always one row, nulls for a key
-- that isn't ours, was revoked or ran out. At most one write a minute per key.
WITH found AS (
    SELECT api_key.id, api_key.account_id, api_key.scopes, account.name
    FROM geoapp.api_key
    JOIN geoapp.account
        ON account.city_code = api_key.city_code AND account.id = api_key.account_id
    WHERE api_key.city_code = :city_code
        AND api_key.key_sha256 = :key_sha256
        AND api_key.revoked_at IS NULL
        AND (api_key.expires_at IS NULL OR api_key.expires_at > now())
        AND account.active
),
seen AS (
    UPDATE geoapp.api_key SET last_used_at = now()
    FROM found
    WHERE api_key.city_code = :city_code
        AND api_key.id = found.id
        AND (api_key.last_used_at IS NULL OR api_key.last_used_at < now() - interval '1 minute')
)
SELECT found.account_id, found.name, found.scopes,
    geoapp.grants_held(:city_code, found.account_id) AS grants
FROM (SELECT) AS asked
LEFT JOIN found ON true
