SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.breach_contacts(text, bigint);
DROP FUNCTION geoapp.erase_report(text, text, text, text);
DROP FUNCTION geoapp.forget_person(text, bigint, text);
DROP FUNCTION geoapp.one_report(text, text);
DROP FUNCTION geoapp.without_words(jsonb);
DROP INDEX geoapp.contact_access_actor, geoapp.photo_erased, geoapp.supporter_kept,
    geoapp.complaint_sender_kept;
DROP TABLE geoapp.privacy_request;
