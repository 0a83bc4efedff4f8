-- Whether anything waits to be sent now.
SELECT EXISTS (SELECT FROM geoapp.delivery WHERE state = 'waiting' AND due_at <= now()) AS is_due
