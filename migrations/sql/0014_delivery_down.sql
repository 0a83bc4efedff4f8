SET LOCAL lock_timeout = '5s';
DROP TABLE geoapp.notice_cursor, geoapp.delivery;
