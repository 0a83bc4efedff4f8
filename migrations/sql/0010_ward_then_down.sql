SET LOCAL lock_timeout = '5s';

REVOKE INSERT (then_kelurahan_code, then_kecamatan_code, public_then_kelurahan_code,
               public_then_kecamatan_code)
    ON geoapp.complaint FROM geoapp_staff;
DROP INDEX geoapp.complaint_manual;
DROP FUNCTION geoapp.ward_then(
    text, timestamptz, geometry, text, text, geometry, integer, text, text);
