SET LOCAL lock_timeout = '5s';
DROP TABLE geoapp.inhabitants;
DROP TABLE geoapp.saved_filter;
DROP FUNCTION geoapp.reads_numbers();
