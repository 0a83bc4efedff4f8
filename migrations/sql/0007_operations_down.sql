DROP VIEW geoapp.complaint_lead_public;
DROP FUNCTION geoapp.operations_state();
