"""What the log's entries hold, in words: codes by their names, days as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _

from geoapp.domain.administration import LogEntry
from geoapp.web.admin.views import day_text
from geoapp.web.set_names import set_name
from geoapp.web.strings_admin import CLOCKS, HOLIDAY_KINDS, KEY_SCOPES, ROLES

_NAMED = {**CLOCKS, **HOLIDAY_KINDS, **KEY_SCOPES, **ROLES}
_LABELS = frozenset({"activation", "by", "changes", "label"})
"""Keys of an entry's data that are shown in a way of their own."""


def said(held: object) -> str:
    """One value of an entry as text."""
    if held is None or held in ("", []):
        return "–"
    if isinstance(held, bool):
        return str(_("yes") if held else _("no"))
    if isinstance(held, str):
        return str(_NAMED[held]) if held in _NAMED else _day(held)
    if isinstance(held, Iterable) and not isinstance(held, dict):
        return ", ".join(said(each) for each in held)
    return str(held)


def _day(held: str) -> str:
    try:
        return day_text(date.fromisoformat(held)) if len(held) == 10 else held
    except ValueError:
        return held


def rest(entry: LogEntry) -> dict[str, object]:
    """What an entry holds beside what changed from something to something."""
    return {
        name: held
        for name, held in entry.data.items()
        if name not in _LABELS and held is not None and held != []
    }


def subject(entry: LogEntry) -> str:
    """What an entry is about, as people call it."""
    label = entry.data.get("label")
    if label is None and entry.kind.startswith("boundaries."):
        label = entry.data.get("version") or _("set %(number)s", number=_set_number(entry))
    if isinstance(label, str) and entry.kind.startswith("boundaries."):
        label = set_name(label)
    return entry.subject_name or (label if isinstance(label, str) else _day(entry.subject))


def _set_number(entry: LogEntry) -> str:
    return entry.subject.removeprefix("boundary_set:")


def address(entry: LogEntry) -> str | None:
    """Where what it is about can be looked at, below ``/admin``; None when it can't."""
    kind = entry.kind.partition(".")[0]
    if entry.subject.startswith("account:"):
        return f"people/{entry.subject.removeprefix('account:')}"
    return {
        "agency": f"agencies/{entry.subject}",
        "service": f"services/{entry.subject}",
        "service_areas": "service-areas",
        "holiday": f"holidays?year={entry.subject[:4]}",
        "boundaries": f"boundaries/{_set_number(entry)}",
    }.get(kind)
