"""Texts of ``/entry`` that its scripts show, by key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ENTRY = {
    "entry_channel_call_112": _("Call 112"),
    "entry_channel_media": _("Press or social media"),
    "entry_channel_letter": _("Letter"),
    "entry_channel_counter": _("At the counter"),
    "entry_channel_sp4n": _("SP4N-LAPOR!"),
    "entry_link": _("Link to the article or post"),
    "entry_reference": _("Reference"),
    "entry_read_as": _("Latitude {lat}, longitude {lon}"),
    "entry_lat_first": _("read as latitude first"),
    "entry_lon_first": _("read as longitude first"),
    "entry_only_kelurahan": _("Only the kelurahan: no point on the map"),
    "entry_choose_first": _("Choose what the problem is; the agency and the deadline show here."),
    "entry_needs_place": _("This kind of problem needs a place."),
    "entry_working_days": _("The day is counted in working days from when it came, on saving."),
    "entry_by_point": _("as the point lies: {name}"),
    "entry_kelurahan_is": _("Kelurahan"),
    "entry_outside": _("It is kept for triage: an operator decides who it is passed to."),
    "entry_not_looked_up": _("The area cannot be looked up right now; it is found on saving."),
    "entry_near": _("{n} open complaints of this group within {distance}"),
    "entry_near_one": _("{n} open complaint of this group within {distance}"),
    "entry_near_none": _("No open complaint of this group within {distance}"),
    "entry_near_hint": _("The same problem? Open it and add a note instead of entering it again."),
    "entry_near_needs_point": _("Shown once the problem and a point are chosen."),
    "entry_near_failed": _("Complaints nearby cannot be loaded right now."),
    "entry_need_link": _("Give the link, starting with https://"),
    "entry_future": _("This lies in the future"),
    "entry_need_service": _("Choose what the problem is"),
    "entry_need_text": _("Describe it in at least 10 characters"),
    "entry_need_place": _("Give a place: kelurahan, coordinates, or a click on the map"),
    "entry_number_taken": _("This number was entered before:"),
    "entry_refused_source": _("This source cannot be used: give the whole link or reference"),
    "entry_refused_number": _("This number cannot be stored"),
    "entry_refused_came": _("The moment lies in the future or more than a year back"),
    "entry_refused_service": _("This problem is not in the list. Choose another."),
    "entry_refused_text": _("This text is too short, too long, or cannot be printed"),
    "entry_refused_place": _("This place cannot be used: choose the kelurahan again"),
    "entry_refused_landmark": _("This landmark is too long or cannot be printed"),
    "entry_refused_caller": _("This name is too long or cannot be printed"),
    "entry_refused_phone": _("This is no telephone number: 0812… or with + and the country's code"),
    "entry_refused_email": _("This is no e-mail address: look at what stands around the @"),
    "entry_notices": _("mails go to the reporter"),
    "entry_not_saved": _("Not saved yet"),
    "entry_not_reached": _(
        "The server did not answer. What you typed is kept; save again, nothing is stored twice."
    ),
    "entry_no_services": _("The list of problems cannot be loaded"),
    "entry_saved": _("Saved: {what}"),
    "entry_outside_saved": _("Outside the city: kept for triage"),
    "entry_follow_key": _("Key for the reporter, to follow and reply: {key}"),
    "entry_junk": _("Junk call"),
    "entry_junk_saved": _("Junk call counted"),
    "entry_junk_counted": _("Stored as archived, without a place on the map"),
    "entry_junk_sure": _("The form holds a complaint"),
    "entry_junk_sure_hint": _(
        "Press F8 once more to count it as a junk call; problem and place are dropped."
    ),
    "entry_junk_needs_service": _("Choose what the junk call is counted with"),
}


def entry_strings() -> dict[str, str]:
    """The texts in the language of the current request."""
    return {key: str(text) for key, text in ENTRY.items()}
