"""Texts that the wall's scripts show, by key; see `geoapp.web.strings`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

__all__ = ["wall_strings"]

_WALL = {
    "wall_all": _("All groups"),
    "wall_alarm": _("{n} complaints in {days} days; evenly spread {even}. {level} sure."),
    "wall_due_soon": _("{n} due soon"),
    "wall_flag": _("{n} complaints, {days} days"),
    "wall_live": _("Live"),
    "wall_lost": _("Lost at {time}, reconnecting"),
    "wall_lost_short": _("Connection lost"),
    "wall_nothing": _("No open complaints"),
    "wall_of_open": _("{share} of the open ones"),
    "wall_open": _("{n} open ones"),
    "wall_overdue": _("{n} overdue"),
    "wall_refused": _("This account may not show the wall"),
    "wall_refused_how": _("Press Enter and sign in with one that may."),
    "wall_signed_out": _("This screen is signed out"),
    "wall_signed_out_how": _("Press Enter and sign in again."),
}


def wall_strings() -> dict[str, str]:
    """The texts in the language of the request."""
    return {key: str(text) for key, text in _WALL.items()}
