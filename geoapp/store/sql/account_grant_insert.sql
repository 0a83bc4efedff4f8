INSERT INTO geoapp.account_grant (city_code, account_id, role, agency_code, kelurahan_codes,
    kecamatan_codes, service_area_codes, granted_by)
VALUES (:city_code, :account_id, :role, :agency_code, :kelurahan, :kecamatan, :service_areas,
    :granted_by)
RETURNING id
