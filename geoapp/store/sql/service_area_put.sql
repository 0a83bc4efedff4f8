INSERT INTO geoapp.service_area (
    city_code, set_id, code, name, agency_code, group_code, service_code, priority, coverage,
    area_codes, geom)
VALUES (
    :city_code, :set_id, :code, :name, :agency_code, :group_code, :service_code, :priority,
    :coverage, :area_codes, ST_Multi(ST_SetSRID(ST_GeomFromWKB(:geom), 4326)))
ON CONFLICT (city_code, set_id, code) DO UPDATE
SET name = excluded.name, agency_code = excluded.agency_code, group_code = excluded.group_code,
    service_code = excluded.service_code, priority = excluded.priority,
    coverage = excluded.coverage, area_codes = excluded.area_codes, geom = excluded.geom
