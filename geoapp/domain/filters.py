"""The one filter over complaints: list, summary, tiles, hotspots, feed and export share it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geoapp.domain.complaint import DONE, OPEN, Status
from geoapp.domain.place import BBox
from geoapp.errors import FieldProblem, InvalidInput

CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""One code of a group, service, agency or area."""

CODE_LIST = rf"^({CODE}(,{CODE})*)?$"
"""A comma list of codes; the empty text is no filter."""

NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,20})?"
BBOX = rf"{NUMBER}(,{NUMBER}){{3}}"
"""West, south, east, north in degrees."""

MAX_VALUES = 200
MAX_LIST = 2500
"""Values one field may list, and characters: each kelurahan of a large city, in an address
that servers still take."""

MAX_QUERY = 100
MAX_WORDS = 8
FIRST_YEAR, LAST_YEAR = 1970, 2199

DONE_WINDOW = timedelta(days=2)
"""How long the ``current`` set goes on showing what was done."""

DURATION = r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?"
"""An ISO 8601 duration of weeks, days, hours, minutes, seconds (months have no fixed length)."""

MAX_DURATION = timedelta(days=36525)

NAMED_SETS: dict[str, tuple[Status, ...]] = {"open": OPEN, "done": DONE, "all": tuple(Status)}
"""Sets of statuses with a name. ``current`` (open, and done lately) depends on the time."""

STATUS_NAMES = (*NAMED_SETS, "current", *(status.value for status in Status))

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)([Zz]|[+ -]\d{2}:\d{2})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFilter:
    """Which complaints are wanted; an empty field doesn't narrow.

    Attributes:
        now: the moment that *overdue*, *recent_done* and durations refer to.
        bbox: box the shown position lies in, edges included; drops those without a point.
        statuses: statuses wanted; with *recent_done* also what was done since
            ``now - DONE_WINDOW``.
        since: first moment of submission, included.
        until: end of submission, excluded (a day ``until=2026-03-01`` ends at the
            following midnight of the city).
        overdue: True for open ones past their target, False for all others.
        words: texts that must all occur in description, landmark or ticket.
        then: *kelurahan* and *kecamatan* are those of the boundaries that were valid when a
            complaint came, not of those in force today.
    """

    now: datetime
    bbox: BBox | None = None
    groups: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    recent_done: bool = False
    kelurahan: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    overdue: bool | None = None
    words: tuple[str, ...] = ()
    then: bool = False

    @classmethod
    def parse(
        cls, args: Mapping[str, str], *, now: datetime, timezone: str, status: str = "all"
    ) -> ComplaintFilter:
        """Read a query string's fields; other names in *args* are left alone.

        Args:
            args: texts by name, as decoded from the address.
            now: an aware datetime.
            timezone: IANA name; days are counted in it.
            status: what is meant when *args* names no status.

        Raises:
            InvalidInput: names every field that can't be read.
        """
        reader = FilterReader(args, now=now, zone=ZoneInfo(timezone))
        found = cls(**reader.shared(status))
        reader.finish()
        return found


class FilterReader:
    """Reads one field after the other and gathers what is wrong."""

    def __init__(self, args: Mapping[str, str], *, now: datetime, zone: ZoneInfo) -> None:
        self.args = args
        self.now = now
        self.zone = zone
        self.problems: list[FieldProblem] = []

    def shared(self, status: str) -> dict[str, Any]:
        """The fields that every reader may ask for; *status* is meant when none is named."""
        statuses, recent_done = self.statuses(status)
        since, until = self.since(), self.until()
        if since and until and until <= since:
            self.bad("until", "lies before since")
        return {
            "now": self.now,
            "bbox": self.bbox(),
            "groups": self.codes("group"),
            "services": self.codes("service"),
            "statuses": statuses,
            "recent_done": recent_done,
            "kelurahan": self.codes("kelurahan"),
            "kecamatan": self.codes("kecamatan"),
            "agencies": self.codes("agency"),
            "since": since,
            "until": until,
            "overdue": self.flag("overdue"),
            "words": self.words(),
            "then": self.then(),
        }

    def finish(self) -> None:
        """Stop when something was wrong.

        Raises:
            InvalidInput: names every field that couldn't be read.
        """
        if self.problems:
            raise InvalidInput(
                "The filter can't be read: "
                + ", ".join(sorted({problem.field for problem in self.problems}))
                + ".",
                "Correct the fields named below; /api/v1/openapi.json describes them.",
                self.problems,
            )

    def bad(self, field: str, message: str) -> None:
        """Remember what is wrong with *field*."""
        self.problems.append(FieldProblem(field, message, self.args.get(field)))

    def text(self, field: str) -> str:
        """The field's text, or an empty one when it is absent or can't be stored."""
        text = self.args.get(field, "")
        if fault := unstorable(text):
            self.bad(field, fault)
            return ""
        return text

    def codes(self, field: str) -> tuple[str, ...]:
        """A comma list of codes, each once."""
        text = self.text(field)
        if not text:
            return ()
        values = text.split(",")
        if len(values) > MAX_VALUES or len(text) > MAX_LIST:
            self.bad(field, f"at most {MAX_VALUES} values and {MAX_LIST} characters")
        elif not all(re.fullmatch(CODE, value) for value in values):
            self.bad(field, "a comma list of codes wanted")
        else:
            return tuple(dict.fromkeys(values))
        return ()

    def statuses(self, default: str) -> tuple[tuple[Status, ...], bool]:
        """The statuses wanted (none for all), and whether what was done lately counts too."""
        names = (self.text("status") or default).split(",")
        unknown = [name for name in names if name not in STATUS_NAMES]
        if unknown or len(names) > len(STATUS_NAMES):
            self.bad("status", "a comma list wanted of: " + ", ".join(STATUS_NAMES))
            return (), False
        wanted: set[Status] = set()
        for name in names:
            wanted.update(
                NAMED_SETS[name]
                if name in NAMED_SETS
                else OPEN
                if name == "current"
                else (Status(name),)
            )
        if len(wanted) == len(Status):
            return (), False
        recent_done = "current" in names and not wanted.issuperset(DONE)
        return tuple(status for status in Status if status in wanted), recent_done

    def bbox(self) -> BBox | None:
        """The box, if one is given."""
        text = self.text("bbox")
        if not text:
            return None
        # float() also reads "1_0", spaces and digits of other scripts; none is documented
        if not re.fullmatch(BBOX, text):
            self.bad("bbox", "four numbers wanted: west,south,east,north")
            return None
        try:
            return BBox.parse(text)
        except InvalidInput as problem:
            self.bad("bbox", problem.message)
            return None

    def since(self) -> datetime | None:
        """The first moment: a day, an instant or a duration back from now."""
        text = self.text("since")
        if match := re.fullmatch(DURATION, text, re.ASCII):
            return self.back(match)
        return self.moment("since", text)

    def back(self, match: re.Match[str]) -> datetime | None:
        """Now less a duration."""
        if match.group().endswith(("P", "T")):
            self.bad("since", "a duration without an amount")
            return None
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if length > MAX_DURATION:
            self.bad("since", "at most 100 years back")
            return None
        return self.now - length

    def until(self) -> datetime | None:
        """The moment that is no longer included."""
        return self.moment("until", self.text("until"), end=True)

    def moment(self, field: str, text: str, *, end: bool = False) -> datetime | None:
        """A day of the city or an RFC 3339 moment; its first instant, or (*end*) what follows."""
        if not text:
            return None
        try:
            moment = self.instant(text, end=end)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            wanted = "a date (2026-03-01) or a moment with its offset (2026-03-01T08:00:00+07:00)"
            self.bad(field, wanted + ("" if end else ", or a duration back from now (P30D)"))
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.bad(field, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
            return None
        return moment

    def instant(self, text: str, *, end: bool) -> datetime | None:
        """*text* as an instant in UTC; None for another form, ValueError for no such day."""
        if re.fullmatch(_DAY, text):
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return datetime.combine(day, time(), self.zone).astimezone(UTC)
        if match := re.fullmatch(_MOMENT, text):
            # an unescaped plus sign arrives as a space
            day_text, clock, offset = match.groups()
            offset = offset.upper().replace(" ", "+")
            moment = datetime.fromisoformat(f"{day_text}T{clock}{offset}")
            # a moment is included; the database counts microseconds
            return (moment + timedelta(microseconds=1 if end else 0)).astimezone(UTC)
        return None

    def flag(self, field: str) -> bool | None:
        """True, false, or None when absent."""
        text = self.args.get(field)
        if text is None:
            return None
        if text not in {"true", "false"}:
            self.bad(field, "true or false wanted")
        return text == "true"

    def then(self) -> bool:
        """Whether the boundaries of a complaint's own day are meant."""
        text = self.args.get("boundaries") or BOUNDARIES[0]
        if text not in BOUNDARIES:
            self.bad("boundaries", " or ".join(BOUNDARIES) + " wanted")
        return text == "then"

    def words(self) -> tuple[str, ...]:
        """The words searched for."""
        text = self.text("q")
        words = text.split()
        if len(text) > MAX_QUERY or len(words) > MAX_WORDS:
            self.bad("q", f"at most {MAX_WORDS} words and {MAX_QUERY} characters")
            return ()
        return tuple(words)


BOUNDARIES = ("today", "then")
"""Whose areas are meant: those in force, or those of the day a complaint came."""


def unstorable(text: str) -> str | None:
    """Why PostgreSQL can't take *text* (NUL, a lone surrogate); None when it can."""
    if "\x00" in text:
        return "holds a NUL character"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return None
