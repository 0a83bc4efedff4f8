SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.choose_mail(text, bigint, text), geoapp.mail_state(),
    geoapp.carry_notices_on();
DROP TABLE geoapp.notice_cursor, geoapp.delivery;
