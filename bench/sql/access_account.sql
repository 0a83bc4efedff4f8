-- An account with one grant.
WITH hired AS (
    INSERT INTO geoapp.account (city_code, name, email)
    VALUES (:city_code, :role, :role || '@example.org')
    RETURNING city_code, id
)
INSERT INTO geoapp.account_grant (
    city_code, account_id, role, agency_code, kelurahan_codes, granted_by)
SELECT city_code, id, :role, :agency, :kelurahan, 'bench' FROM hired
RETURNING account_id
