"""Words of the pages under ``/admin``: of codes the database keeps, and of what is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

__all__ = ["JS_STRINGS", "page_words"]

ROLES = {
    "operator": _("Operator"),
    "agency_admin": _("Agency admin"),
    "agency_head": _("Head of agency"),
    "field_officer": _("Field officer"),
    "city_admin": _("City admin"),
    "auditor": _("Auditor"),
}

ROLE_HINTS = {
    "operator": _("Verifies, forwards, merges and enters complaints, in the whole city."),
    "agency_admin": _("Answers for the agency, hands over, gives work to officers."),
    "agency_head": _("Reads the agency's complaints and figures; changes nothing."),
    "field_officer": _("Takes and finishes work on the spot, in the areas given here."),
    "city_admin": _("People, agencies, services, days off, keys; reads every complaint."),
    "auditor": _("Reads everything, the log and the seals; changes nothing."),
}

HOLIDAY_KINDS = {
    "national": _("National holiday"),
    "collective_leave": _("Collective leave"),
    "local": _("Local day off"),
}

CLOCKS = {"hours": _("hours"), "working_days": _("working days")}

KEY_SCOPES = {
    "intake": _("Send complaints in"),
    "read": _("Read"),
    "act": _("Act on complaints"),
}

COLUMNS = {
    "name": _("Name"),
    "name_en": _("English name"),
    "short_name": _("Short name"),
    "unit": _("Unit"),
    "in_city": _("Belongs to the city"),
    "agency_code": _("Agency"),
    "agency": _("Agency"),
    "clock": _("Resolution, counted in"),
    "target": _("Resolution, target"),
    "verify_clock": _("Verification, counted in"),
    "verify_target": _("Verification, target"),
    "answer_clock": _("First answer, counted in"),
    "answer_target": _("First answer, target"),
    "blur_m": _("Public position moved by up to (m)"),
    "duplicate_radius_m": _("Alike within (m)"),
    "needs_place": _("Needs a place"),
    "glyph": _("Sign"),
    "position": _("Position"),
    "day": _("Day"),
    "kind": _("Kind"),
    "group": _("Group"),
    "role": _("Role"),
    "service": _("Service"),
    "priority": _("Priority"),
    "coverage": _("Where"),
    "area_codes": _("Kelurahan"),
    "corners": _("Corners"),
    "kelurahan": _("Kelurahan"),
    "kecamatan": _("Kecamatan"),
    "service_areas": _("Service areas"),
    "email": _("E-mail"),
    "scopes": _("May be used to"),
    "expires_at": _("Valid until"),
    "hint": _("Begins with"),
    "valid_from": _("Valid from"),
    "valid_to": _("Ends before"),
    "grant": _("Grant number"),
    "key": _("Key number"),
    "sessions": _("Sessions"),
    "left": _("Left"),
    "agencies": _("Agencies"),
    "services": _("Services"),
    "holidays": _("Days off"),
    "layer": _("Layer"),
    "version": _("Version"),
    "made_from": _("Made from set"),
    "copy_of": _("Copy of set"),
    "companion_set": _("Set of service areas that goes along"),
    "areas_changed": _("Areas changed"),
    "gaps": _("Gaps"),
    "overlaps": _("Overlaps"),
    "grants_mapped": _("Grants given anew"),
    "filters_mapped": _("Kept filters that name other codes now"),
    "service_areas_mapped": _("Service areas that name other codes now"),
}

EVENTS = {
    "agency.added": _("Agency added"),
    "agency.changed": _("Agency changed"),
    "service.added": _("Service added"),
    "service.changed": _("Service changed"),
    "holiday.added": _("Day off added"),
    "holiday.changed": _("Day off changed"),
    "holiday.removed": _("Day off removed"),
    "service_areas.changed": _("Service area changed"),
    "boundaries.staged": _("Boundaries brought in"),
    "boundaries.cleaned": _("Boundaries cleaned up"),
    "boundaries.discarded": _("Boundaries removed"),
    "boundaries.begun": _("Boundaries: preview begun"),
    "boundaries.wanted": _("Boundaries: asked to come into force"),
    "boundaries.activated": _("Boundaries in force"),
    "boundaries.undone": _("Boundaries: given up before they came into force"),
    "boundaries.grants_mapped": _("Grants given anew for other codes"),
    "catalogue.replaced": _("Overwritten with the city's folder"),
    "account.invited": _("Person invited"),
    "account.reinvited": _("New link made"),
    "account.activated": _("Account switched on"),
    "account.deactivated": _("Account switched off"),
    "account.sessions_ended": _("Signed out everywhere"),
    "account.totp_reset": _("Second factor taken away"),
    "account.password_set": _("Password set by the link"),
    "account.password_changed": _("Password changed"),
    "account.totp_set": _("Second factor set"),
    "account.totp_dropped": _("Second factor given up"),
    "account.recovery_code_used": _("Signed in by a recovery code"),
    "account.machine_added": _("Machine added"),
    "account.demo_added": _("Demonstration account made"),
    "grant.added": _("Grant given"),
    "grant.revoked": _("Grant taken back"),
    "key.made": _("Key made"),
    "key.revoked": _("Key revoked"),
}

REFUSALS = (
    _("Choose today or a later day; what was promised before stays."),
    _("The last day lies before the first."),
    _(
        "Another version is planned from %(value)s; end this one before that day, "
        "or change that one."
    ),
    _("The code %(value)s is taken already."),
    _("Another version holds on some of these days. Load the page again."),
    _("%(value)s is a day off already."),
    _("Use 2 to 40 lower-case letters, digits and underscores, a letter first."),
    _("Services still name this agency after that day: %(value)s. Give them to another one first."),
    _("This agency isn't there on all days of the version."),
    _("Isn't an e-mail address."),
    _("Write 1 to 120 characters."),
    _("This role is of one agency: choose it."),
    _("This role is for the whole city: leave agency and areas out."),
    _("A field officer needs an agency or areas."),
    _("Unknown agency."),
    _("Somebody has this e-mail address already."),
    _("Look the account up and send it a new link instead."),
    _("You can't switch off your own account."),
    _("You can't take your own administration away."),
    _("Ask another administrator of the city."),
    _("Nobody would administer the city then."),
    _("Make somebody else its administrator first."),
    _("The account was switched on before."),
    _("The account was switched off before."),
)
"""Refusals of the use cases, here to be translated: pages look the sentences up."""

JS_STRINGS = {
    "copied": _("Copied"),
    "n_found": _("{n} found"),
    "n_chosen": _("({n} chosen)"),
}


def page_words() -> dict[str, dict[str, str]]:
    """The words of codes by kind, in the reader's language."""
    kinds = {
        "roles": ROLES,
        "role_hints": ROLE_HINTS,
        "holiday_kinds": HOLIDAY_KINDS,
        "clocks": CLOCKS,
        "scopes": KEY_SCOPES,
        "columns": COLUMNS,
        "events": EVENTS,
        "js": JS_STRINGS,
    }
    return {
        kind: {code: str(word) for code, word in words.items()} for kind, words in kinds.items()
    }
