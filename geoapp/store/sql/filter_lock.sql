-- One at a time for each account, so that its last one is counted.
SELECT pg_advisory_xact_lock(hashtextextended('saved_filter:' || :city_code || ':' || :account_id, 0))
