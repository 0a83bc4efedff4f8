-- The roles that transactions act as, on a server that hasn't had them yet: what migrations
-- do, for rows that come from a backup. Roles belong to the server, not to the database.
-- Their names come as a setting: a DO block takes no parameters.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY current_setting('geoapp.wanted_roles')::text[] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'geoapp_app')
           AND NOT pg_has_role('geoapp_app', wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO geoapp_app', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
        IF starts_with(wanted, 'geoapp_staff_') AND NOT pg_has_role(wanted, 'geoapp_staff', 'USAGE') THEN
            EXECUTE format('GRANT geoapp_staff TO %I', wanted);
        END IF;
    END LOOP;
END $$
