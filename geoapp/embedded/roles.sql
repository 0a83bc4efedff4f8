-- The two login roles. Idempotent: run after every start, so that a cluster restored or
-- made by an older release has them as well.
-- geoapp_owner owns the databases and runs the migrations (CREATEROLE: they make the
-- runtime roles); geoapp_app logs the program in and holds no right of its own (NOINHERIT).
SELECT 'CREATE ROLE geoapp_owner'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'geoapp_owner')
\gexec
SELECT 'CREATE ROLE geoapp_app'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'geoapp_app')
\gexec
ALTER ROLE geoapp_owner LOGIN CREATEDB CREATEROLE;
ALTER ROLE geoapp_app LOGIN NOINHERIT;
