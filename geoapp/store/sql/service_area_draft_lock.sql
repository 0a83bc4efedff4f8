-- One draft at a time begins in a city.
SELECT pg_advisory_xact_lock(74035, hashtext(:city_code))
