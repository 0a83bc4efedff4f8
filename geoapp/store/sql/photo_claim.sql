-- Until this transaction ends nobody can begin to refer to a file with this hash. A statement of
-- its own: the next one sees what was committed while it waited.
SELECT pg_advisory_xact_lock(74052, hashtext(:sha256))
