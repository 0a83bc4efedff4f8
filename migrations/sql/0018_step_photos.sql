-- Photos that staff adds to a step: what was done, or what only colleagues are to see.
SET LOCAL lock_timeout = '5s';

-- The entry of the history that a photo came with: what came with an answer is shown beside it,
-- and not among those of the report.
CREATE OR REPLACE VIEW geoapp.photo_public AS
SELECT photo.city_code, photo.id, photo.complaint_id, complaint.ticket, photo.position,
       photo.sha256, photo.bytes, photo.width, photo.height,
       photo.small_sha256, photo.small_bytes, photo.small_width, photo.small_height,
       photo.event_id
FROM geoapp.photo
JOIN geoapp.complaint ON complaint.city_code = photo.city_code
                     AND complaint.id = photo.complaint_id
WHERE NOT complaint.confidential
  AND complaint.status <> 'rejected'
  AND NOT photo.private
  AND photo.hidden_at IS NULL
  AND photo.erased_at IS NULL;

-- Gives loose photos to the entry that the account has just written, and says how many it gave;
-- none unless this very transaction wrote it: row-level security has judged by then whether the
-- account may. What isn't an answer is internal, and so is its photo: nobody has to say so. With
-- the owner's rights, as geoapp.attach_photos: staff sees no photo that is nobody's yet.
CREATE FUNCTION geoapp.attach_step_photos(
    p_city text, p_ticket text, p_event bigint, p_ids uuid[])
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry text;
BEGIN
    SELECT event.kind INTO entry
    FROM geoapp.complaint_event AS event
    JOIN geoapp.complaint ON complaint.city_code = event.city_code
                         AND complaint.id = event.complaint_id
    WHERE event.city_code = p_city
      AND event.id = p_event
      AND complaint.ticket = p_ticket
      AND event.xid = pg_current_xact_id()
      AND event.actor = 'account:' || nullif(current_setting('geoapp.account', true), '');
    IF entry IS NULL THEN
        RETURN 0;
    END IF;
    RETURN geoapp.attach_photos(p_city, p_ticket, p_event, entry <> 'answer', p_ids);
END $$;
REVOKE EXECUTE ON FUNCTION geoapp.attach_step_photos(text, text, bigint, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.attach_step_photos(text, text, bigint, uuid[]) TO geoapp_staff;
