"""Texts of the report page alone, by key: photos, what is alike, contact, news."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from geoapp.web.strings_photos import photo_strings

_REPORT = {
    "report_photo_title": _("A photo of the problem"),
    "report_alike_title": _("Reports alike"),
    "report_thanks_title": _("Thank you"),
    "report_continue": _("Continue"),
    "report_offer": _("This photo was taken in {place}, {time}."),
    "report_offer_timeless": _("This photo was taken in {place}."),
    "report_offer_question": _("Use the photo's place?"),
    "report_offer_use": _("Use the photo's place"),
    "report_offer_decline": _("No"),
    "report_offer_outside_place": _("a place outside {city}"),
    "report_offer_outside_hint": _("Its place cannot be used. Please show it on the map."),
    "report_offer_understood": _("I will show it on the map"),
    "report_from_photo": _("Place from the photo"),
    "report_seen_as_photo": _("Seen on {moment}"),
    "report_seen_at": _("Seen on {moment}, as the photo says"),
    "report_alike_count": _("{n} reports about {group} within {radius}."),
    "report_alike_count_one": _("{n} report about {group} within {radius}."),
    "report_from_pin": _("{distance} from the pin"),
    "report_supported": _("supported by {n} people"),
    "report_supported_one": _("supported by {n} person"),
    "report_me_too": _("Me too"),
    "report_me_too_for": _("Me too: report {n}"),
    "report_support_gone": _("This report is finished or no longer public. Please report yours."),
    "report_support_too_many": _("Too often in a short time. Please try again in a few minutes."),
    "report_support_failed": _("It did not reach the server. Please try again."),
    "report_thanks_new": _("Your support counts. The city sees how many have this problem."),
    "report_thanks_again": _("You have supported this report already. It counts once."),
    "report_thanks_own": _("This is your own report. It is counted already."),
    "report_part_photos": _("Photos"),
    "report_part_contact": _("Contact"),
    "report_change_photos": _("Change the photos"),
    "report_change_contact": _("Change the contact"),
    "report_no_photos": _("Without a photo"),
    "report_photos_under_way": _("{n} photos are still being sent."),
    "report_photos_under_way_one": _("{n} photo is still being sent."),
    "report_photos_left": _("{n} photos will not be part of the report."),
    "report_photos_left_one": _("{n} photo will not be part of the report."),
    "report_waits_for_photos": _("{n} of {of} photos have arrived. The report follows by itself."),
    "report_waiting_for_photos": _("Waiting for the photos"),
    "report_photo_refused_title": _("A photo cannot be used"),
    "report_photo_refused_hint": _("You see why under “Photos”. The report can go without it."),
    "report_send_without": _("Send without this photo"),
    "report_refused_photos": _("A photo is no longer stored. Please choose it again or remove it."),
    "report_refused_seen": _("The time of the photo cannot be used."),
    "report_own_copy": _("Copy the report's secret link"),
    "report_own_copied": _("Secret link copied"),
    "report_keep_link": _(
        "Keep the report's link. Whoever has it can reply in your name. No account needed."
    ),
    "report_keep_confidential_link": _(
        "Keep the report's link. Only with it you see more than the status, and can reply. No "
        "account needed."
    ),
    "report_ago": _("{time} ago"),
    "sees_public": _("the report, its photos and {place}; never your name or contact"),
    "sees_public_confidential": _("only that there is a report with this number, and its status"),
    "sees_place": _("its place"),
    "sees_place_near": _("its place, moved by up to {n} m"),
    "sees_agency": _("everything, also your contact if you leave one"),
    "sees_agency_anonymous": _("everything but your name and contact"),
    "sees_city": _(
        "everything; who looks at a contact is recorded. The city's administrators and auditors "
        "check the work, without your contact"
    ),
    "seer_public": _("Everybody"),
    "seer_agency": _("The agency"),
    "seer_city": _("City operators"),
    "report_contact_kept": _(
        "Only for questions about this report. Stored sealed and apart from it, and deleted "
        "{n} days after the report is closed."
    ),
    "report_contact_kept_mail": _(
        "Only for questions and news about this report: with an e-mail address you get a mail at "
        "every change. Stored sealed and apart from the report, and deleted {n} days after it is "
        "closed."
    ),
    "report_contact_who": _(
        "City operators and the agency in charge can open it to ask you something; each time is "
        "recorded. The public never sees it."
    ),
    "report_contact_who_anonymous": _(
        "As you report anonymously, only city operators can open it to ask you something; each "
        "time is recorded."
    ),
    "report_phone_wrong": _("Please type a phone number, for example 0812 3456 7890."),
    "report_name_wrong": _("This name cannot be stored as it is."),
    "notify_hint": _(
        "Only for news of this report; every mail has a link to end them. "
        "Deleted {n} days after the report is closed."
    ),
    "notify_email_wrong": _("Please type an e-mail address, for example name@example.org."),
    "notify_will_come": _("News will come to {email}."),
    "notify_failed": _("It did not reach the server. Please try again."),
    "notify_too_many": _("Too often in a short time. Please try again in a few minutes."),
}


def report_strings() -> dict[str, str]:
    """The texts in the language of the request, with those of the photos."""
    return photo_strings() | {key: str(text) for key, text in _REPORT.items()}
