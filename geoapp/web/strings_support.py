"""Texts of photos and supporters that every page with a complaint shows, by key.

Part of what `geoapp.web.strings` hands to the scripts.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

SUPPORT = {
    "supported_by": _("Supported by {n} people"),
    "supported_by_one": _("Supported by {n} person"),
    "me_too": _("Me too"),
    "me_too_said": _("You have this problem, too"),
    "me_too_own": _("You sent this report."),
    "me_too_new_told": _("Counted. Tap again to take it back."),
    "me_too_again_told": _("You had said so already; you count once."),
    "me_too_own_told": _("You sent this report yourself; it counts already."),
    "me_too_withdrawn_told": _("Taken back."),
    "me_too_none_told": _("Taken back."),
    "me_too_gone": _("This complaint is not open any more."),
    "me_too_often": _("That was very often in a short time. Try again later."),
    "me_too_failed": _("Not counted: the server does not answer. Please try again."),
    "photos_of": _("Photos of {ticket}"),
    "photo_open": _("Photo {n} of {total}, show large"),
    "photo_shown": _("Photo {n} of {total} of {ticket}"),
    "photo_close": _("Close the photo"),
    "photo_previous": _("Previous photo"),
    "photo_next": _("Next photo"),
    "photo_missing": _("The photo cannot be shown any more."),
}
