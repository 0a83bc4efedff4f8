SET LOCAL lock_timeout = '5s';
DROP POLICY staff_reads_everything ON geoapp.complaint;
DROP POLICY staff_reads_agency ON geoapp.complaint;
DROP POLICY staff_reads_kelurahan ON geoapp.complaint;
DROP POLICY staff_reads_agency_kelurahan ON geoapp.complaint;
DROP POLICY staff_reads_mixed ON geoapp.complaint;
DROP POLICY staff_writes ON geoapp.complaint;
DROP POLICY staff_inserts ON geoapp.complaint;
DROP POLICY staff_reads ON geoapp.assignment;
DROP POLICY staff_writes ON geoapp.assignment;
DROP POLICY staff_reads ON geoapp.complaint_event;
DROP POLICY staff_writes ON geoapp.complaint_event;
DROP FUNCTION geoapp.hand_over(text, bigint, integer, text);
DROP FUNCTION geoapp.reply_standing(text, text);
DROP FUNCTION geoapp.record_reply(text, text, integer, text, boolean, text);
DROP FUNCTION geoapp.dispute_days();
-- As in 0001, without words.
DROP VIEW geoapp.complaint_event_public;
CREATE VIEW geoapp.complaint_event_public AS
SELECT event.city_code, event.id, event.xid, complaint.ticket, event.kind, event.status, event.at
FROM geoapp.complaint_event AS event
JOIN geoapp.complaint ON complaint.city_code = event.city_code
                     AND complaint.id = event.complaint_id
WHERE NOT complaint.confidential
  AND (event.kind IN ('submitted', 'status', 'answer')
       OR (event.kind = 'assignment' AND complaint.shown_within_m = 0));
GRANT SELECT ON geoapp.complaint_event_public TO geoapp_visitor, geoapp_worker;
DROP VIEW geoapp.complaint_work;
DROP FUNCTION geoapp.deadline_state(text, timestamptz, timestamptz);
DROP FUNCTION geoapp.is_due_soon(text, timestamptz, timestamptz);
DROP FUNCTION geoapp.is_overdue(text, timestamptz, timestamptz);
DROP TABLE geoapp.agency_digest, geoapp.answer_template;
REVOKE ALL ON geoapp.complaint, geoapp.assignment, geoapp.complaint_event FROM geoapp_staff;
REVOKE EXECUTE ON FUNCTION geoapp.data_version(text), geoapp.ticket_state(text, text) FROM geoapp_staff;
ALTER TABLE geoapp.assignment ALTER COLUMN decided_at SET DEFAULT now();
-- History that this version didn't know stays, as notes.
UPDATE geoapp.complaint_event SET kind = 'note'
WHERE kind IN ('reply', 'officer', 'deadline', 'merged', 'unmerged', 'split');
ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction'));
DROP INDEX geoapp.complaint_agency_open, geoapp.complaint_resolved, geoapp.complaint_open,
    geoapp.complaint_kelurahan_open, geoapp.complaint_newest, geoapp.complaint_kelurahan;
CREATE INDEX complaint_newest ON geoapp.complaint (city_code, submitted_at DESC, id DESC);
CREATE INDEX complaint_kelurahan ON geoapp.complaint (city_code, kelurahan_code, submitted_at);
CREATE INDEX complaint_open ON geoapp.complaint (city_code, due_at)
    WHERE status IN ('submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened');
ALTER TABLE geoapp.complaint
    DROP COLUMN version, DROP COLUMN verify_due_at, DROP COLUMN answer_due_at,
    DROP COLUMN verified_at, DROP COLUMN assigned_at, DROP COLUMN handled_at,
    DROP COLUMN hold_since, DROP COLUMN held_status, DROP COLUMN officer_id,
    DROP COLUMN duplicate_of, DROP COLUMN split_from, DROP COLUMN reopenings;
