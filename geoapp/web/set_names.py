"""Names that the program itself gives to boundary sets, in the reader's language.

A set that somebody named is called as that person wrote it. A copy, a cleaned set, a draft and
the city's first approximate set are named here; they are stored in one form and said in two.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

_DAY = r"\d{4}-\d\d-\d\d"
_MADE = re.compile(rf" \((?:(?P<cleaned>cleaned)|copy (?P<day>{_DAY})(?:, (?P<n>\d+))?)\)")
_DRAFT = re.compile(rf"draft-(?P<day>{_DAY})")
_APPROXIMATE = re.compile(r"approximate-(?P<n>\d+)")


def set_name(version: str | None) -> str:
    """What a set is called; *version* as it is stored, empty for None."""
    if not version:
        return ""
    told = _DRAFT.sub(lambda found: str(_("draft of %(day)s", day=_day(found["day"]))), version)
    told = _APPROXIMATE.sub(lambda found: str(_("approximate-%(n)s", n=found["n"])), told)
    return _MADE.sub(_made, told)


def day_before(day: date) -> date:
    """The last day of something that holds until *day*."""
    return day - timedelta(days=1)


def _made(found: re.Match[str]) -> str:
    if found["cleaned"]:
        return str(_(" (cleaned)"))
    day = _day(found["day"])
    return str(_(" (copy %(day)s, %(n)s)", day=day, n=found["n"]) if found["n"] else _copy(day))


def _copy(day: str) -> str:
    return str(_(" (copy %(day)s)", day=day))


def _day(written: str) -> str:
    try:
        return str(format_date(date.fromisoformat(written), "d MMM y"))
    except ValueError:
        return written
