SET LOCAL lock_timeout = '5s';
DROP TABLE geoapp.privacy_request;
