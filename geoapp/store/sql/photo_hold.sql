-- Until this transaction ends nobody removes files with these hashes as belonging to nothing.
-- In one order everywhere, so that two who hold the same never wait for each other.
SELECT pg_advisory_xact_lock_shared(74052, hashtext(held.sha256))
FROM (SELECT unnest(cast(:hashes AS text[])) AS sha256 ORDER BY 1) AS held
