-- The outbox: one row per event and destination, made from the feed, so that no writer of
-- events can forget it, and none is made twice. No address and no word of a mail is in it.
SET LOCAL lock_timeout = '5s';

CREATE TABLE geoapp.delivery (
    city_code text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id bigint NOT NULL,
    event_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    -- what is told: received, verified, assigned, answer, resolved, …; overdue refers to the
    -- event that set the deadline, which may have a notice of its own
    kind text NOT NULL CHECK (kind <> ''),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN
        ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    -- how often the connection broke after the text was handed over: it may have arrived
    uncertain integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_at timestamptz,
    sent_at timestamptz,
    tried_at timestamptz,
    -- our own word for what went wrong, and the server's codes: never its text, which may
    -- repeat the address
    problem text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (city_code, id),
    CONSTRAINT delivery_once UNIQUE (city_code, event_id, contact_id, kind),
    FOREIGN KEY (city_code, complaint_id) REFERENCES geoapp.complaint (city_code, id),
    FOREIGN KEY (city_code, contact_id) REFERENCES geoapp.contact (city_code, id),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'sending') = (claimed_at IS NOT NULL))
);
CREATE INDEX delivery_due ON geoapp.delivery (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_tried ON geoapp.delivery (tried_at) WHERE tried_at IS NOT NULL;
CREATE INDEX delivery_contact ON geoapp.delivery (city_code, contact_id);
CREATE INDEX delivery_complaint ON geoapp.delivery (city_code, complaint_id);

-- How far the feed has been looked through for what somebody is to be told.
CREATE TABLE geoapp.notice_cursor (
    city_code text COLLATE "C" PRIMARY KEY REFERENCES geoapp.city (code),
    xid xid8 NOT NULL,
    event_id bigint NOT NULL,
    -- since when there is a mail server: deadlines that passed before are told to nobody
    mail_since timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE geoapp.delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON geoapp.delivery TO geoapp_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON geoapp.delivery, geoapp.notice_cursor TO geoapp_worker;

-- What somebody whose link it is chooses about mails, and how it stands then: 'on', 'off' (no
-- mail about this complaint), 'refused' (none at all from this city), 'gone' (the address isn't
-- kept any more); null for no such contact. Choices: 'look' changes nothing, 'stop', 'refuse',
-- 'again'. With the owner's rights: the web reads no contact. The caller has checked the link.
CREATE FUNCTION geoapp.choose_mail(p_city text, p_contact bigint, p_choice text)
RETURNS TABLE (state text, ticket text) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen record;
BEGIN
    SELECT contact.email_digest, contact.unsubscribed_at, complaint.ticket, complaint.confidential,
           contact.role
    INTO chosen
    FROM geoapp.contact
    JOIN geoapp.complaint ON complaint.city_code = contact.city_code
                         AND complaint.id = contact.complaint_id
    WHERE contact.city_code = p_city
      AND contact.city_code = nullif(current_setting('geoapp.city', true), '')
      AND contact.id = p_contact;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF chosen.email_digest IS NULL THEN
        RETURN QUERY SELECT 'gone', chosen.ticket;
        RETURN;
    END IF;
    IF p_choice IN ('stop', 'refuse') THEN
        UPDATE geoapp.contact
        SET unsubscribed_at = coalesce(unsubscribed_at, clock_timestamp())
        WHERE city_code = p_city AND id = p_contact;
        IF p_choice = 'refuse' THEN
            INSERT INTO geoapp.mail_refusal (city_code, email_digest)
            VALUES (p_city, chosen.email_digest)
            ON CONFLICT DO NOTHING;
        END IF;
        UPDATE geoapp.delivery
        SET state = 'dropped', problem = 'unsubscribed'
        FROM geoapp.contact
        WHERE delivery.city_code = p_city AND delivery.state = 'waiting'
          AND contact.city_code = delivery.city_code AND contact.id = delivery.contact_id
          AND (contact.id = p_contact
               OR p_choice = 'refuse' AND contact.email_digest = chosen.email_digest);
    ELSIF p_choice = 'again' THEN
        UPDATE geoapp.contact SET unsubscribed_at = NULL WHERE city_code = p_city AND id = p_contact;
        DELETE FROM geoapp.mail_refusal
        WHERE city_code = p_city AND email_digest = chosen.email_digest;
    END IF;
    RETURN QUERY
    SELECT CASE WHEN EXISTS (SELECT FROM geoapp.mail_refusal AS refusal
                             WHERE refusal.city_code = p_city
                               AND refusal.email_digest = contact.email_digest) THEN 'refused'
                WHEN contact.unsubscribed_at IS NOT NULL THEN 'off'
                ELSE 'on' END,
           chosen.ticket
    FROM geoapp.contact
    WHERE contact.city_code = p_city AND contact.id = p_contact;
END $$;

-- How the outbox stands, for health and monitors: counts, ages and our own word for the last
-- problem; nothing about anybody.
CREATE FUNCTION geoapp.mail_state()
RETURNS TABLE (waiting bigint, oldest_s double precision, sent_day bigint, failed_day bigint,
               dropped_day bigint, uncertain_day bigint, last_problem text,
               last_problem_at timestamptz, in_trouble boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT outstanding.waiting, outstanding.oldest_s, day.sent, day.failed, day.dropped,
           day.uncertain, last.problem, last.tried_at,
           -- what was tried last tells whether the server takes anything
           coalesce((SELECT state = 'waiting' AND split_part(problem, ' ', 1) IN
                            ('connect', 'timeout', 'tls', 'sign_in', 'server')
                     FROM geoapp.delivery
                     WHERE tried_at IS NOT NULL
                     ORDER BY tried_at DESC LIMIT 1), false)
    FROM (SELECT count(*) AS waiting,
                 greatest(0, extract(epoch FROM clock_timestamp() - min(created_at)))::double precision
                     AS oldest_s
          FROM geoapp.delivery WHERE state IN ('waiting', 'sending')) AS outstanding
    CROSS JOIN (SELECT count(*) FILTER (WHERE state = 'sent') AS sent,
                       count(*) FILTER (WHERE state = 'failed') AS failed,
                       count(*) FILTER (WHERE state = 'dropped') AS dropped,
                       coalesce(sum(uncertain), 0)::bigint AS uncertain
                FROM geoapp.delivery
                WHERE tried_at > now() - interval '1 day') AS day
    LEFT JOIN LATERAL (SELECT problem, tried_at FROM geoapp.delivery
                       WHERE tried_at > now() - interval '1 day' AND problem IS NOT NULL
                         AND state <> 'dropped'
                       ORDER BY tried_at DESC LIMIT 1) AS last ON true
$$;

-- After a restore has numbered the feed anew (geoapp.begin_epoch), the cursors go on at the
-- events where they stood; what waits may have been sent since the backup was made, and that is
-- counted. For the owner alone.
CREATE FUNCTION geoapp.carry_notices_on() RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    UPDATE geoapp.notice_cursor
    SET xid = event.xid
    FROM geoapp.complaint_event AS event
    WHERE event.city_code = notice_cursor.city_code AND event.id = notice_cursor.event_id;
    UPDATE geoapp.delivery
    SET state = 'waiting', claimed_at = NULL, uncertain = uncertain + 1, problem = 'restored'
    WHERE state IN ('waiting', 'sending');
$$;

REVOKE EXECUTE ON FUNCTION geoapp.choose_mail(text, bigint, text), geoapp.mail_state(),
    geoapp.carry_notices_on() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.choose_mail(text, bigint, text) TO geoapp_intake;
GRANT EXECUTE ON FUNCTION geoapp.mail_state() TO geoapp_listener;
