SET LOCAL lock_timeout = '5s';
DROP FUNCTION geoapp.attach_photos(text, text, bigint, boolean, uuid[]);
DROP VIEW geoapp.photo_public;
DROP TABLE geoapp.photo;
ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction',
         'reply', 'officer', 'deadline', 'merged', 'unmerged', 'split', 'authority')) NOT VALID;
