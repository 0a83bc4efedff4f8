"""Texts about a complaint's reporter and photos on the pages of staff, for their scripts.

Part of what `geoapp.web.strings_work` hands to them.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

REPORTER = {
    "contact_show": _("Show contact"),
    "contact_title": _("Show the reporter's contact"),
    "contact_recorded": _(
        "Your name, the time and the purpose are recorded. Administrators and auditors can "
        "read that."
    ),
    "contact_purpose": _("What do you need it for?"),
    "contact_ready": _(
        "To ask where exactly it is.|To ask for what is missing.|To arrange a visit.|"
        "To tell what was done."
    ),
    "contact_was_recorded": _("Recorded at {time}: {purpose}"),
    "contact_hide": _("Put away"),
    "contact_name": _("Name"),
    "contact_email": _("E-mail"),
    "contact_phone": _("Telephone"),
    "contact_language": _("Writes in"),
    "contact_language_id": _("Indonesian"),
    "contact_language_en": _("English"),
    "contact_shown": _("The contact is shown. This was recorded."),
    "contact_too_short": _("Please say what you need it for, in 3 to 200 characters."),
    "refused_forbidden_contact": _("The reporter of this complaint is hidden from your account."),
    "photo_hide_title": _("Hide photo {n} from the public"),
    "photo_hide_about": _("Staff goes on seeing it. Only staff reads the reason."),
    "photo_hide_ready": _(
        "A face or a number plate can be recognised.|It shows the inside of a home.|"
        "It has nothing to do with the complaint.|It is offensive."
    ),
    "photo_hide_do": _("Hide"),
    "photo_hide_done": _("Photo {n} is hidden from the public."),
    "photo_unhide_title": _("Show photo {n} to the public again"),
    "photo_unhide_about": _("Everybody who may see the complaint sees it again."),
    "photo_unhide_ready": _("It was hidden by mistake.|Nobody can be recognised in it."),
    "photo_unhide_do": _("Show again"),
    "photo_unhide_done": _("Photo {n} is shown again."),
}
