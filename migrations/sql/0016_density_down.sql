SET LOCAL lock_timeout = '5s';
-- as 0001 made it
CREATE OR REPLACE FUNCTION geoapp.refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE geoapp.area, geoapp.area_piece, geoapp.service_area, geoapp.complaint,
        geoapp.assignment, geoapp.complaint_event;
END $$;
DROP VIEW geoapp.density_work_cell, geoapp.density_work_total, geoapp.density_work_uncounted,
    geoapp.density_public_cell, geoapp.density_public_total, geoapp.density_public_uncounted,
    geoapp.density_public_clock;
DROP FUNCTION geoapp.density_public_uncounted(text);
DROP FUNCTION geoapp.density_public_changed(text);
DROP FUNCTION geoapp.density_moment(text);
DROP FUNCTION geoapp.density_changed(text);
DROP TABLE geoapp.density_cell, geoapp.density_total, geoapp.density_counted, geoapp.density_mark,
    geoapp.density_state;
