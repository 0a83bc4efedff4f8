DO $$
DECLARE
    named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['holiday', 'agency', 'agency_version', 'service', 'service_version']
    LOOP
        EXECUTE format('DROP POLICY everybody_reads ON geoapp.%I', named);
        EXECUTE format('DROP POLICY worker_all ON geoapp.%I', named);
        EXECUTE format('DROP POLICY administers ON geoapp.%I', named);
        EXECUTE format('ALTER TABLE geoapp.%I DISABLE ROW LEVEL SECURITY', named);
        EXECUTE format('REVOKE ALL ON geoapp.%I FROM geoapp_admin', named);
    END LOOP;
END $$;
DROP FUNCTION geoapp.act_as();
DROP FUNCTION geoapp.in_scope(text, text, text, text, text);
DROP TABLE geoapp.admin_event, geoapp.api_key, geoapp.invitation, geoapp.account_session,
    geoapp.account_grant, geoapp.account;
REVOKE ALL ON ALL TABLES IN SCHEMA geoapp FROM geoapp_staff, geoapp_accounts, geoapp_admin;
REVOKE USAGE ON SCHEMA geoapp FROM geoapp_staff, geoapp_accounts, geoapp_admin;
