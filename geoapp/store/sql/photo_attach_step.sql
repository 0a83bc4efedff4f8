-- Give loose photos to the entry of the history that this transaction wrote; how many were given.
SELECT geoapp.attach_step_photos(:city_code, :ticket, :event_id, cast(:ids AS uuid[]))
