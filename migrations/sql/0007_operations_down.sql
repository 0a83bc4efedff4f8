DROP VIEW geoapp.sets_in_force;
DROP FUNCTION geoapp.operations_state();
