-- Back to where alembic's own table is found; then the worker's rights, and nobody else's.
SET LOCAL search_path TO DEFAULT;
GRANT USAGE ON SCHEMA procrastinate TO geoapp_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO geoapp_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO geoapp_worker;
