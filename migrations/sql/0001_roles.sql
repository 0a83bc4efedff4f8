-- Roles belong to the server, not to the database: make those that aren't there yet, and
-- let the runtime login, if there is one, step into them (NOINHERIT: it has no rights of
-- its own; every transaction says which role it needs with SET LOCAL ROLE).
SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['geoapp_visitor', 'geoapp_intake', 'geoapp_worker', 'geoapp_listener']
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server made it a moment ago
        END;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'geoapp_app')
           AND NOT pg_has_role('geoapp_app', wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO geoapp_app', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
END $$;
