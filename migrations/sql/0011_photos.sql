-- Photos: received in pieces, drawn anew, then attached to a complaint. The bytes lie in a
-- storage of their own under their hash; here is what is known of them. Where and when a photo
-- was taken is told to whoever sends it, and forgotten once the photo is attached.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.photo (
    city_code text COLLATE "C" NOT NULL REFERENCES geoapp.city (code),
    -- drawn at random: whoever knows it may send the rest and attach it
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    state text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'kept', 'refused')),
    length integer NOT NULL CHECK (length > 0),
    received integer NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
    refused_for text,
    -- of what was drawn anew: SHA-256 (hexadecimal), bytes, pixels; and of the small one
    sha256 text COLLATE "C" CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes integer,
    width integer,
    height integer,
    small_sha256 text COLLATE "C" CHECK (small_sha256 ~ '^[0-9a-f]{64}$'),
    small_bytes integer,
    small_width integer,
    small_height integer,
    -- what the camera noted: {"lon", "lat", "taken_at"}
    found jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    complaint_id bigint,
    event_id bigint,
    position smallint,
    -- came with a reply: for the city and the agency, never public
    private boolean NOT NULL DEFAULT false,
    attached_at timestamptz,
    hidden_at timestamptz,
    hidden_by text,
    hidden_reason text,
    -- its complaint was erased: nobody's any more; its files go first, then this row. Set by
    -- geoapp.erase_report alone, for good: no words that anybody types say so.
    erased_at timestamptz,
    PRIMARY KEY (city_code, id),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id),
    CHECK ((state = 'kept') = (sha256 IS NOT NULL AND small_sha256 IS NOT NULL)),
    CHECK (complaint_id IS NULL OR (state = 'kept' AND position IS NOT NULL AND attached_at IS NOT NULL)),
    CHECK (complaint_id IS NULL OR found IS NULL),
    CHECK (erased_at IS NULL OR complaint_id IS NOT NULL),
    CHECK ((hidden_at IS NULL) = (hidden_by IS NULL))
);
CREATE UNIQUE INDEX photo_position ON geoapp.photo (city_code, complaint_id, position)
    WHERE complaint_id IS NOT NULL;
CREATE INDEX photo_loose ON geoapp.photo (created_at) WHERE complaint_id IS NULL;
CREATE INDEX photo_sha256 ON geoapp.photo (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX photo_small_sha256 ON geoapp.photo (small_sha256) WHERE small_sha256 IS NOT NULL;

-- What everybody may look at: as the complaint itself, and nothing that came with a reply.
CREATE VIEW geoapp.photo_public AS
SELECT photo.city_code, photo.id, photo.complaint_id, complaint.ticket, photo.position,
       photo.sha256, photo.bytes, photo.width, photo.height,
       photo.small_sha256, photo.small_bytes, photo.small_width, photo.small_height
FROM geoapp.photo
JOIN geoapp.complaint ON complaint.city_code = photo.city_code
                     AND complaint.id = photo.complaint_id
WHERE NOT complaint.confidential
  AND complaint.status <> 'rejected'
  AND NOT photo.private
  AND photo.hidden_at IS NULL
  AND photo.erased_at IS NULL;

ALTER TABLE geoapp.complaint_event
    DROP CONSTRAINT complaint_event_kind_check,
    ADD CONSTRAINT complaint_event_kind_check CHECK (kind IN
        ('submitted', 'status', 'assignment', 'answer', 'note', 'flag', 'retraction',
         'reply', 'officer', 'deadline', 'merged', 'unmerged', 'split', 'authority',
         'photo', 'support', 'contact', 'rating', 'escalated', 'erased'));

ALTER TABLE geoapp.photo ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.photo TO geoapp_worker USING (true);
-- Intake sees photos that belong to nobody yet; once attached they are out of its hands.
CREATE POLICY intake_loose ON geoapp.photo TO geoapp_intake
    USING (city_code = (SELECT nullif(current_setting('geoapp.city', true), ''))
           AND complaint_id IS NULL);
-- What is being erased staff neither sees nor brings back.
CREATE POLICY staff_reads ON geoapp.photo FOR SELECT TO geoapp_staff USING (
    erased_at IS NULL
    AND EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = photo.city_code
              AND complaint.id = photo.complaint_id));
CREATE POLICY staff_hides ON geoapp.photo FOR UPDATE TO geoapp_staff USING (
    erased_at IS NULL
    AND EXISTS (SELECT FROM geoapp.complaint
            WHERE complaint.city_code = photo.city_code
              AND complaint.id = photo.complaint_id
              AND geoapp.in_scope('writes', complaint.agency_code, complaint.kelurahan_code,
                                  complaint.kecamatan_code, complaint.service_area_code)))
    WITH CHECK (hidden_by IS NULL
        OR hidden_by = (SELECT 'account:' || nullif(current_setting('geoapp.account', true), '')));

GRANT SELECT ON geoapp.photo_public TO geoapp_visitor, geoapp_staff, geoapp_worker, geoapp_intake;
GRANT SELECT ON geoapp.photo TO geoapp_intake, geoapp_staff;
GRANT INSERT (city_code, length) ON geoapp.photo TO geoapp_intake;
GRANT UPDATE (state, received, refused_for, sha256, bytes, width, height, small_sha256,
              small_bytes, small_width, small_height, found, touched_at)
    ON geoapp.photo TO geoapp_intake;
GRANT DELETE ON geoapp.photo TO geoapp_intake;
GRANT UPDATE (hidden_at, hidden_by, hidden_reason) ON geoapp.photo TO geoapp_staff;
GRANT SELECT, INSERT, DELETE ON geoapp.photo TO geoapp_worker;
GRANT UPDATE (created_at, touched_at) ON geoapp.photo TO geoapp_worker;

-- Gives loose photos to a complaint, in the order named, and says how many it gave: fewer than
-- were named when one isn't there, isn't ready, or belongs to somebody else already. With the
-- owner's rights: intake may neither read nor change what is attached. The caller has proven
-- that the complaint is the sender's (it stores it, or holds its key).
CREATE FUNCTION geoapp.attach_photos(
    p_city text, p_ticket text, p_event bigint, p_private boolean, p_ids uuid[])
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given integer;
BEGIN
    -- Two replies at once number their photos one after the other.
    PERFORM FROM geoapp.complaint
    WHERE complaint.city_code = p_city AND complaint.ticket = p_ticket FOR NO KEY UPDATE;
    UPDATE geoapp.photo
    SET complaint_id = complaint.id, event_id = p_event, private = p_private, found = NULL,
        position = taken.highest + wanted.nth, attached_at = clock_timestamp()
    FROM geoapp.complaint
    CROSS JOIN LATERAL (
        SELECT coalesce(max(other.position), 0) AS highest
        FROM geoapp.photo AS other
        WHERE other.city_code = complaint.city_code AND other.complaint_id = complaint.id) AS taken
    CROSS JOIN unnest(p_ids) WITH ORDINALITY AS wanted (id, nth)
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND photo.city_code = complaint.city_code
      AND photo.id = wanted.id
      AND photo.complaint_id IS NULL
      AND photo.state = 'kept';
    GET DIAGNOSTICS given = ROW_COUNT;
    RETURN given;
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.attach_photos(text, text, bigint, boolean, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.attach_photos(text, text, bigint, boolean, uuid[]) TO geoapp_intake;
