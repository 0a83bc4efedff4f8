"""What staff may ask for beside the filter that everybody has, in which order, page by page."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from geoapp.domain.access import Grant
from geoapp.domain.complaint import Channel
from geoapp.domain.drawn import MAX_VERTICES, DrawnPolygon
from geoapp.domain.filters import NUMBER, ComplaintFilter, FilterReader
from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, InvalidInput

MAX_WITHIN_M = 100_000
POSITION = rf"{NUMBER},{NUMBER}"
"""Longitude, latitude in degrees."""
MAX_POLYGON = 22 * (MAX_VERTICES + 1)
"""Characters of a polygon, in an address that servers still take: a corner to the decimetre
has 21, with the comma that follows 22."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class DeadlineState(StrEnum):
    """How a complaint's deadline stands; as ``geoapp.deadline_state`` says it."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    IN_TIME = "in_time"
    PAUSED = "paused"


class Duty(StrEnum):
    """What is owed by a deadline; late while it is missing and the clock runs."""

    VERIFY = "verify"
    ANSWER = "answer"
    RESOLVE = "resolve"


class Sort(StrEnum):
    """Orders of the list."""

    DUE = "due"
    """What is due first; then what is on hold, then what is done."""
    NEWEST = "newest"
    NEAR = "near"
    """By metres from where the asker stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilter(ComplaintFilter):
    """The filter of staff; an empty field doesn't narrow. Positions are the true ones.

    Attributes:
        officer: account of the officer who has it.
        unassigned: only those that no officer has.
        deadlines: states of the resolution's deadline.
        late: what is missing although its deadline has passed, any of these.
        offered: only those that are offered to their road's authority, and open.
        polygon: area the position lies in, edge included.
        near: where the asker stands; distances are told from there.
        within_m: at most so many metres from *near*.
        reach: grants that the account reads by, if they don't cover the whole city. They
            narrow nothing that row-level security lets through; they tell indexes and the
            planner what its conditions keep to themselves.
    """

    officer: int | None = None
    unassigned: bool = False
    service_areas: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    deadlines: tuple[DeadlineState, ...] = ()
    late: tuple[Duty, ...] = ()
    offered: bool = False
    polygon: DrawnPolygon | None = None
    near: LonLat | None = None
    within_m: int | None = None
    reach: tuple[Grant, ...] = ()

    @classmethod
    def read(
        cls,
        args: Mapping[str, str],
        *,
        now: datetime,
        timezone: str,
        me: int,
        status: str = "all",
    ) -> WorkFilter:
        """Read a query string's fields; other names in *args* are left alone.

        Args:
            me: the account that ``officer=me`` means.

        Raises:
            InvalidInput: names every field that can't be read.
        """
        reader = _WorkReader(args, now=now, zone=ZoneInfo(timezone))
        officer, unassigned = reader.officer(me)
        near, within_m = reader.near()
        found = cls(
            **reader.shared(status),
            officer=officer,
            unassigned=unassigned,
            service_areas=reader.codes("service_area"),
            channels=tuple(Channel(name) for name in reader.named("channel", Channel)),
            deadlines=tuple(
                DeadlineState(name) for name in reader.named("deadline", DeadlineState)
            ),
            late=tuple(Duty(name) for name in reader.named("late", Duty)),
            offered=reader.offered(),
            polygon=reader.polygon(),
            near=near,
            within_m=within_m,
        )
        reader.finish()
        return found


class _WorkReader(FilterReader):
    def officer(self, me: int) -> tuple[int | None, bool]:
        text = self.text("officer")
        if text == "me":
            return me, False
        if text in {"", "none"}:
            return None, text == "none"
        if re.fullmatch(r"[1-9][0-9]{0,17}", text):
            return int(text), False
        self.bad("officer", "me, none or an account's number wanted")
        return None, False

    def named(self, field: str, allowed: type[StrEnum]) -> list[str]:
        names = [name for name in self.text(field).split(",") if name]
        if not set(names) <= {member.value for member in allowed}:
            self.bad(field, "a comma list wanted of: " + ", ".join(allowed))
            return []
        return list(dict.fromkeys(names))

    def offered(self) -> bool:
        text = self.text("authority")
        if text not in {"", "offered"}:
            self.bad("authority", "offered wanted, or nothing")
        return text == "offered"

    def polygon(self) -> DrawnPolygon | None:
        text = self.text("polygon")
        if not text:
            return None
        if len(text) > MAX_POLYGON:
            self.bad("polygon", f"at most {MAX_VERTICES} corners")
            return None
        if not re.fullmatch(rf"{NUMBER}(,{NUMBER})*", text):
            self.bad("polygon", "pairs of degrees wanted: lon,lat,lon,lat,…")
            return None
        try:
            return DrawnPolygon.parse(text)
        except InvalidInput as problem:
            self.bad("polygon", problem.fields[0].message)
            return None

    def near(self) -> tuple[LonLat | None, int | None]:
        text, within = self.text("near"), self.text("within_m")
        position = within_m = None
        if text and not re.fullmatch(POSITION, text):
            self.bad("near", "a position wanted: lon,lat")
        elif text:
            try:
                position = LonLat(*map(float, text.split(",")))
            except InvalidInput as problem:
                self.bad("near", problem.message)
        if within:
            if re.fullmatch(r"[0-9]{1,6}", within) and 0 < int(within) <= MAX_WITHIN_M:
                within_m = int(within)
            else:
                self.bad("within_m", f"metres wanted, 1 to {MAX_WITHIN_M}")
            if not text:
                self.bad("within_m", "needs near")
        return position, within_m


@dataclass(frozen=True, slots=True)
class WorkCursor:
    """Where a page ended, in its order; the next one holds what comes after.

    Attributes:
        key: what the order compares first: the moment of submission; rank and due
            moment; metres. As numbers, moments in microseconds since 1970.
    """

    sort: Sort
    key: tuple[float, ...]
    id: int

    @classmethod
    def newest(cls, submitted_at: datetime, number: int) -> WorkCursor:
        """After what was submitted at a moment."""
        return cls(Sort.NEWEST, ((submitted_at - _EPOCH) // _MICROSECOND,), number)

    @classmethod
    def due(cls, rank: int, due_at: datetime, number: int) -> WorkCursor:
        """After what is due at a moment: rank 0 the clock runs, 1 it is paused, 2 done."""
        return cls(Sort.DUE, (rank, (due_at - _EPOCH) // _MICROSECOND), number)

    @property
    def moment(self) -> datetime:
        """The moment in the key of `newest` and `due`."""
        return _EPOCH + int(self.key[-1]) * _MICROSECOND

    def __str__(self) -> str:
        """Text for an address; `parse` reads it."""
        raw = "_".join((self.sort, *map(repr, self.key), str(self.id)))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, sort: Sort) -> WorkCursor:
        """Read what `__str__` wrote for a list in the order *sort*.

        Raises:
            InvalidInput: it wrote something else, or for another order.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            name, *key, number = raw.decode("ascii").split("_")
            numbers = tuple(float(part) if "." in part else int(part) for part in key)
            cursor = cls(Sort(name), numbers, int(number))
            fits = len(numbers) == (2 if sort is Sort.DUE else 1) and abs(numbers[0]) < 1e17
            # a moment beyond the calendar raises here rather than in the statement
            fits = fits and (sort is Sort.NEAR or cursor.moment is not None)
        except (ValueError, OverflowError, IndexError, binascii.Error):
            fits = False
        if not fits or cursor.sort is not sort or str(cursor) != text or not 0 < cursor.id < 2**63:
            raise InvalidInput(
                "The cursor isn't one of this list.",
                "Follow the link with rel=next, or start without a cursor.",
                [FieldProblem("cursor", "not a cursor of this list", text)],
            )
        return cursor
