INSERT INTO geoapp.road_line (city_code, set_id, code, name, ref, authority, agency_code, geom)
VALUES (:city_code, :set_id, :code, :name, :ref, :authority, :agency_code,
        ST_Multi(ST_Force2D(ST_SetSRID(ST_GeomFromWKB(:geom), 4326))))
