"""Figures by area: by the boundaries of today, or of the day each complaint came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Level(StrEnum):
    """What an area is."""

    KELURAHAN = "kelurahan"
    KECAMATAN = "kecamatan"


@dataclass(frozen=True, slots=True)
class SetOfPeriod:
    """A set of kelurahan that the figures are counted by."""

    id: int
    version: str
    source: str
    approximate: bool
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area by its newest name; *of_period*: its set is one that figures are counted by."""

    code: str
    name: str
    parent: str | None
    version: str
    of_period: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """The figures of one area; *code* is None for complaints that lie in none.

    *in_time* of *judged*: resolved by the deadline, out of those resolved and those open
    past it. *valid_set* is the version of the newest set that has the area.
    """

    code: str | None
    name: str
    parent: str | None
    total: int
    open: int
    overdue: int
    done: int
    in_time: int
    judged: int
    valid_set: str | None

    @property
    def share_in_time(self) -> float | None:
        """0 to 1; None while nothing can be judged."""
        return self.in_time / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Shape:
    """An area as an SVG path in metres, north up: x from the west, y downwards."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class AreaMap:
    """A small map: where it begins and how large it is, in metres; the areas of *version*."""

    version: str
    left: int
    top: int
    width: int
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaNumbers:
    """Figures of every area, by parent and name, at a moment.

    *then*: counted by the boundaries of each complaint's own day. *nowhere* has those that
    lie in no area; with it the rows add up to all.
    """

    level: Level
    then: bool
    rows: tuple[AreaRow, ...]
    nowhere: AreaRow
    sets: tuple[SetOfPeriod, ...]
    as_of: datetime


STEPS = (1, 2, 3, 4, 6, 9)
"""From how many complaints on an area takes the next of six shades; none is white."""


def steps_for(most: int) -> tuple[int, ...]:
    """The limits of six shades for counts up to *most*.

    `STEPS`, times the first of 1, 2, 5, 10, 20, 50, … with which *most* is at most three
    times the last limit: readable, and the same for cities of one size.
    """
    factor, following = 1, {"1": 2, "2": 5, "5": 10}
    while STEPS[-1] * factor * 3 < most:
        digit = str(factor)[0]
        factor = factor // int(digit) * following[digit]
    return tuple(step * factor for step in STEPS)


def shade(count: int, steps: tuple[int, ...]) -> int:
    """Which shade an area of *count* complaints has by these limits: 0 (white) to 6."""
    return sum(count >= step for step in steps)
