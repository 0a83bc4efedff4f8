"""Words of ``/admin/privacy``: of codes that are kept, and of what is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

__all__ = ["CATEGORIES", "KINDS", "OPENED", "REFUSALS", "WHY"]

KINDS = {
    "export": _("Data handed out"),
    "erase": _("Data erased"),
    "retention": _("Kept long enough"),
    "breach": _("Breach"),
}

COUNTS = {
    "reports": _("reports"),
    "events": _("entries of the history"),
    "photos": _("photos"),
    "contacts": _("contacts"),
    "supports": _("supports"),
    "marks": _("marks of browsers"),
}

WHY = {
    "ticket": _("the ticket that was named"),
    "email": _("the same e-mail address"),
    "phone": _("the same telephone number"),
}

CATEGORIES = {
    "contact": _("names, e-mail addresses and telephone numbers of reporters"),
    "report": _("what reports say, their photos and exact places"),
    "confidential": _("confidential reports"),
    "staff": _("names, e-mail addresses and roles of staff"),
}

OPENED = {
    "step": _("Steps taken in complaints"),
    "admin": _("Changes of the administration"),
    "privacy": _("Exports, erasures and lists of people"),
}

REFUSALS = (
    _("Nothing of this person is kept."),
    _("Check what was typed; another way may find more."),
    _("is missing"),
    _("should lie before the end"),
    _("lies in the future"),
    _("Please choose at least one."),
    _("should be one address with one @, such as name@example.com"),
    _("needs something before and after the @"),
    _("The history can't be sealed right now, so nothing was erased yet."),
    _("It is written down and will be done by itself within the hour."),
)
"""Refusals of the use cases, here to be translated: pages look the sentences up."""
