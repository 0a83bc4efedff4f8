INSERT INTO geoapp.service_area (
    city_code, set_id, code, name, agency_code, group_code, service_code, priority, coverage,
    area_codes, geom)
VALUES (
    :city_code, :set_id, :code, :name, :agency_code, :group_code, :service_code, :priority,
    :coverage, :area_codes, ST_Multi(ST_SetSRID(ST_GeomFromWKB(:geom), 4326)))
