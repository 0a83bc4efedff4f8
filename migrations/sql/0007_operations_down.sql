DROP VIEW geoapp.complaint_lead_public;
DROP VIEW geoapp.sets_in_force;
DROP FUNCTION geoapp.operations_state();
