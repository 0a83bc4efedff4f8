-- What the public data of a city stands at: this life of the database, the last event in
-- sight, the boundary sets in force.
SELECT concat_ws('-', (SELECT left(epoch::text, 8) FROM geoapp.feed_epoch),
                 geoapp.data_version(:city_code),
                 (SELECT string_agg(id::text, '.' ORDER BY id)
                  FROM geoapp.boundary_set
                  WHERE city_code = :city_code AND status = 'active'))
