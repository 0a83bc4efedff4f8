SET LOCAL lock_timeout = '5s';
-- tile18 stays as it is: it answers the same.
DROP PROCEDURE geoapp.begin_epoch();
DROP FUNCTION geoapp.event_content(geoapp.complaint_event);
DROP FUNCTION geoapp.netstring(text);
DROP TABLE geoapp.erasure, geoapp.event_digest, geoapp.seal;
ALTER TABLE geoapp.city DROP COLUMN practice;
