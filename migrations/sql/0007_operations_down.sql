DROP FUNCTION geoapp.operations_state();
