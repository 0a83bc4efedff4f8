-- One at a time works on a photo: true if that is this transaction, until it ends.
SELECT pg_try_advisory_xact_lock(74051, hashtext(:city_code || :id))
