-- Give loose photos to a complaint; how many were given.
SELECT geoapp.attach_photos(:city_code, :ticket, :event_id, :private, cast(:ids AS uuid[]))
