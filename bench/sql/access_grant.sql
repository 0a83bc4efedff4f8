-- A grant for an account.
INSERT INTO geoapp.account_grant (
    city_code, account_id, role, agency_code, kelurahan_codes, granted_by)
VALUES (:city_code, :account, :role, :agency, :kelurahan, 'system')
