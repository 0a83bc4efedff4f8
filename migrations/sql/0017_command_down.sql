SET LOCAL lock_timeout = '5s';
DROP TABLE geoapp.inhabitants;
DROP TABLE geoapp.saved_filter;
DROP FUNCTION geoapp.reads_numbers();
DROP FUNCTION geoapp.grants_held(text, bigint);
DROP FUNCTION geoapp.feed_work(text, bigint[]);
