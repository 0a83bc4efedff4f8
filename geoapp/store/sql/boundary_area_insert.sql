INSERT INTO geoapp.area (
    city_code, set_id, code, name, parent_code, parent_name, geom, display_geom, label)
VALUES (
    :city_code, :set_id, :code, :name, :parent_code, :parent_name,
    ST_Multi(ST_SetSRID(ST_GeomFromWKB(:geom), 4326)),
    ST_Multi(ST_SetSRID(ST_GeomFromWKB(:display_geom), 4326)),
    ST_SetSRID(ST_MakePoint(:label_lon, :label_lat), 4326))
