-- One database of the owner's, if it isn't there yet; then its extensions, which only a
-- superuser may create. :database is bound by psql, :"database" quotes it as a name.
SELECT format('CREATE DATABASE %I OWNER geoapp_owner TEMPLATE template0', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
\connect :"database"
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
