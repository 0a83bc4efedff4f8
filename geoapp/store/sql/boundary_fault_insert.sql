INSERT INTO geoapp.boundary_fault (city_code, set_id, n, kind, codes, area_m2, geom)
VALUES (:city_code, :set_id, :n, :kind, :codes, :area_m2,
        ST_SetSRID(ST_GeomFromWKB(:geom), 4326))
