-- Contacts are read and written by these alone, each of which says who may.
SET LOCAL lock_timeout = '5s';

-- Whether the reporter's contact may be shown to the account at work, of a complaint with these
-- facts: to those who handle it, by a grant that reaches it. An anonymous one to operators alone.
-- Heads, administrators and auditors look at the work, not at who asked for it; machines at nobody.
CREATE FUNCTION geoapp.knows_reporter(
    p_city text, p_anonymous boolean, p_agency text, p_kelurahan text, p_kecamatan text,
    p_service_area text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT geoapp.in_scope('reads', p_agency, p_kelurahan, p_kecamatan, p_service_area)
       AND EXISTS (
        SELECT FROM geoapp.account
        JOIN geoapp.account_grant AS held
          ON held.city_code = account.city_code AND held.account_id = account.id
         AND held.revoked_at IS NULL
        WHERE account.city_code = p_city
          AND account.city_code = nullif(current_setting('geoapp.city', true), '')
          AND account.id = nullif(current_setting('geoapp.account', true), '')::bigint
          AND account.active AND account.kind = 'person'
          AND (held.role = 'operator'
               OR NOT p_anonymous AND held.role IN ('agency_admin', 'field_officer'))
          -- this very grant: an auditor who is an officer elsewhere is an auditor here
          AND (held.agency_code IS NULL OR held.agency_code = p_agency)
          AND (cardinality(held.kelurahan_codes || held.kecamatan_codes
                           || held.service_area_codes) = 0
               OR p_kelurahan = ANY (held.kelurahan_codes)
               OR p_kecamatan = ANY (held.kecamatan_codes)
               OR p_service_area = ANY (held.service_area_codes)))
$$;

-- What is known of a complaint's reporter, for staff: nothing of it is read. Whoever may not
-- know the reporter isn't told whether anything is kept.
CREATE FUNCTION geoapp.contact_standing(p_city text, p_ticket text)
RETURNS TABLE (may_read boolean, has_name boolean, has_email boolean, has_phone boolean,
               unsubscribed boolean, erased_for text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT known.may_read,
           known.may_read AND contact.name_sealed IS NOT NULL,
           known.may_read AND contact.email_sealed IS NOT NULL,
           known.may_read AND contact.phone_sealed IS NOT NULL,
           known.may_read AND contact.unsubscribed_at IS NOT NULL,
           CASE WHEN known.may_read THEN contact.erased_for END
    FROM geoapp.complaint
    CROSS JOIN LATERAL (SELECT geoapp.knows_reporter(
        complaint.city_code, complaint.anonymous, complaint.agency_code, complaint.kelurahan_code,
        complaint.kecamatan_code, complaint.service_area_code) AS may_read) AS known
    LEFT JOIN geoapp.contact
           ON contact.city_code = complaint.city_code AND contact.complaint_id = complaint.id
          AND contact.role = 'reporter'
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND geoapp.in_scope('reads', complaint.agency_code, complaint.kelurahan_code,
                          complaint.kecamatan_code, complaint.service_area_code)
$$;

-- The sealed contact of a complaint's reporter, for the account at work. Nobody is shown one
-- without it being written down who looked, and what for.
CREATE FUNCTION geoapp.read_contact(p_city text, p_ticket text, p_purpose text)
RETURNS TABLE (name_sealed bytea, email_sealed bytea, phone_sealed bytea, language text,
               read_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown record;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT contact.*
    INTO shown
    FROM geoapp.complaint
    JOIN geoapp.contact
      ON contact.city_code = complaint.city_code AND contact.complaint_id = complaint.id
     AND contact.role = 'reporter'
    WHERE complaint.city_code = p_city
      AND complaint.ticket = p_ticket
      AND num_nonnulls(contact.name_sealed, contact.email_sealed, contact.phone_sealed) > 0
      AND geoapp.knows_reporter(
          complaint.city_code, complaint.anonymous, complaint.agency_code,
          complaint.kelurahan_code, complaint.kecamatan_code, complaint.service_area_code);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO geoapp.contact_access (city_code, contact_id, complaint_id, at, actor, purpose)
    VALUES (p_city, shown.id, shown.complaint_id, moment,
            'account:' || current_setting('geoapp.account'), p_purpose);
    RETURN QUERY SELECT shown.name_sealed, shown.email_sealed, shown.phone_sealed, shown.language,
                        moment;
END $$;

-- Keeps a contact of the complaint at hand: its reporter's (in place of the one before), or of
-- somebody who follows it, by e-mail. With the owner's rights: intake reads no contact. The
-- caller has proven that a reporter is the reporter.
-- Returns whether mail will come to it; null where there is no such complaint, or none that may
-- be followed. *p_event* leaves a trace in the history when something changed; never what.
CREATE FUNCTION geoapp.keep_contact(
    p_city text, p_ticket text, p_role text, p_name bytea, p_email bytea, p_phone bytea,
    p_email_digest text, p_phone_digest text, p_language text, p_wants_mail boolean,
    p_event boolean)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    complaint_at_hand bigint;
    new_address boolean;
    told boolean;
BEGIN
    SELECT complaint.id INTO complaint_at_hand
    FROM geoapp.complaint
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND complaint.ticket = nullif(current_setting('geoapp.ticket', true), '')
      AND (p_role = 'reporter' OR NOT complaint.confidential AND complaint.status <> 'rejected')
    FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- Two tabs of one browser: the second sees what the first has kept.
    PERFORM pg_advisory_xact_lock(74035, hashtext(p_city || ' ' || p_ticket));
    SELECT p_email_digest IS NOT NULL AND NOT EXISTS (
               SELECT FROM geoapp.contact
               WHERE contact.city_code = p_city AND contact.complaint_id = complaint_at_hand
                 AND contact.email_digest = p_email_digest AND contact.unsubscribed_at IS NULL
                 AND (contact.role = p_role OR p_role = 'follower'))
    INTO new_address;
    IF p_role = 'reporter' THEN
        -- Whoever followed by the same address before would be told twice.
        UPDATE geoapp.contact
        SET email_sealed = NULL, email_digest = NULL, unsubscribed_at = clock_timestamp()
        WHERE contact.city_code = p_city AND contact.complaint_id = complaint_at_hand
          AND contact.role = 'follower' AND contact.email_digest = p_email_digest;
        INSERT INTO geoapp.contact AS kept
            (city_code, complaint_id, role, name_sealed, email_sealed, phone_sealed,
             email_digest, phone_digest, language)
        VALUES (p_city, complaint_at_hand, p_role, p_name, p_email, p_phone,
                p_email_digest, p_phone_digest, p_language)
        ON CONFLICT (city_code, complaint_id) WHERE role = 'reporter' DO UPDATE
        SET name_sealed = excluded.name_sealed, email_sealed = excluded.email_sealed,
            phone_sealed = excluded.phone_sealed, email_digest = excluded.email_digest,
            phone_digest = excluded.phone_digest, language = excluded.language,
            unsubscribed_at = CASE WHEN NOT p_wants_mail THEN kept.unsubscribed_at END,
            created_at = CASE WHEN kept.erased_at IS NULL THEN kept.created_at
                              ELSE excluded.created_at END,
            erased_at = NULL, erased_for = NULL;
    ELSE
        INSERT INTO geoapp.contact AS kept
            (city_code, complaint_id, role, email_sealed, email_digest, language)
        VALUES (p_city, complaint_at_hand, p_role, p_email, p_email_digest, p_language)
        ON CONFLICT (city_code, complaint_id, email_digest) WHERE email_digest IS NOT NULL
        DO UPDATE SET unsubscribed_at = NULL WHERE kept.role = 'follower';
    END IF;
    IF p_event AND (p_role = 'reporter' OR new_address) THEN
        INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
        VALUES (p_city, complaint_at_hand, p_ticket, 'contact', 'citizen',
                jsonb_build_object('role', p_role, 'new_address', new_address));
    END IF;
    SELECT bool_or(contact.unsubscribed_at IS NULL) INTO told
    FROM geoapp.contact
    WHERE contact.city_code = p_city AND contact.complaint_id = complaint_at_hand
      AND contact.email_digest = p_email_digest
      AND NOT EXISTS (SELECT FROM geoapp.mail_refusal
                      WHERE mail_refusal.city_code = p_city
                        AND mail_refusal.email_digest = p_email_digest);
    RETURN coalesce(told, false);
END $$;

-- The sealed contact of the complaint at hand, for the use case that has checked its key.
CREATE FUNCTION geoapp.own_contact(p_city text, p_ticket text)
RETURNS TABLE (name_sealed bytea, email_sealed bytea, phone_sealed bytea, language text,
               unsubscribed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT contact.name_sealed, contact.email_sealed, contact.phone_sealed, contact.language,
           contact.unsubscribed_at IS NOT NULL
    FROM geoapp.complaint
    JOIN geoapp.contact
      ON contact.city_code = complaint.city_code AND contact.complaint_id = complaint.id
     AND contact.role = 'reporter'
    WHERE complaint.city_code = p_city
      AND complaint.city_code = nullif(current_setting('geoapp.city', true), '')
      AND complaint.ticket = p_ticket
      AND complaint.ticket = nullif(current_setting('geoapp.ticket', true), '')
      AND num_nonnulls(contact.name_sealed, contact.email_sealed, contact.phone_sealed) > 0
$$;

REVOKE EXECUTE ON FUNCTION geoapp.knows_reporter(text, boolean, text, text, text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.contact_standing(text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.read_contact(text, text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.keep_contact(
    text, text, text, bytea, bytea, bytea, text, text, text, boolean, boolean) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION geoapp.own_contact(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION geoapp.contact_standing(text, text) TO geoapp_staff;
GRANT EXECUTE ON FUNCTION geoapp.read_contact(text, text, text) TO geoapp_staff;
GRANT EXECUTE ON FUNCTION geoapp.keep_contact(
    text, text, text, bytea, bytea, bytea, text, text, text, boolean, boolean) TO geoapp_intake;
GRANT EXECUTE ON FUNCTION geoapp.own_contact(text, text) TO geoapp_intake;
