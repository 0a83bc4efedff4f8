"""Texts that the browser's scripts show, by key.

The page configuration carries them as ``i18n`` in the language of the request, so the scripts hold
no sentence of their own. ``{name}`` is filled in by the script; a key ending in ``_one`` is used
for a count of one where the language needs it.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

__all__ = ["JS_STRINGS", "js_strings"]

SHARED = {
    "just_now": _("just now"),
    "minutes_ago": _("{n} min ago"),
    "hours_ago": _("{n} h ago"),
    "days_ago": _("{n} days ago"),
    "days_ago_one": _("{n} day ago"),
    "n_minutes": _("{n} minutes"),
    "n_minutes_one": _("{n} minute"),
    "n_hours": _("{n} hours"),
    "n_hours_one": _("{n} hour"),
    "n_days": _("{n} days"),
    "n_days_one": _("{n} day"),
    "n_working_days": _("{n} working days"),
    "n_working_days_one": _("{n} working day"),
    "time_left": _("{time} left"),
    "overdue_by": _("{time} overdue"),
    "deadline_paused": _("Deadline paused"),
    "status_submitted": _("Submitted"),
    "status_verified": _("Verified"),
    "status_assigned": _("Assigned"),
    "status_in_progress": _("In progress"),
    "status_resolved": _("Resolved"),
    "status_closed": _("Closed"),
    "status_on_hold": _("On hold"),
    "status_rejected": _("Archived"),
    "status_out_of_authority": _("Outside authority"),
    "status_duplicate": _("Duplicate"),
    "status_reopened": _("Reopened"),
    "kelurahan_short": _("Kel. {name}"),
    "kecamatan_short": _("Kec. {name}"),
    "close": _("Close"),
    "try_again": _("Try again"),
    "shown_off": _("Shown up to {n} m off on the map to protect the reporter."),
    "simulated": _("Simulated data"),
    "approximate": _("approximate boundaries"),
}

# Every table of this module is merged into one; a key must not occur twice.
JS_STRINGS = {**SHARED}


def js_strings() -> dict[str, str]:
    """Return every script text in the language of the current request."""
    return {key: str(text) for key, text in JS_STRINGS.items()}
