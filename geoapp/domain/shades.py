"""Areas shaded by a measure: what there is to choose from, and from which value on which shade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geoapp.domain.area_numbers import STEPS, Level


class Measure(StrEnum):
    """What an area is shaded by."""

    COUNT = "count"
    PER_KM2 = "per_km2"
    PER_1000 = "per_1000"
    """Inhabitants: only where a figure of them is published."""
    OVERDUE_SHARE = "overdue_share"
    MEDIAN_RESPONSE = "median_response"


@dataclass(frozen=True, slots=True)
class ShadedArea:
    """An area and its value; None where there is nothing to tell.

    *n* of *of* is what the value is made of: complaints; complaints and km²; complaints and
    inhabitants; overdue of open; answered of all that the median counts. In seconds the last.
    """

    code: str
    name: str
    value: float | None
    n: int
    of: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shades:
    """Every area in force with its value, at a moment.

    Attributes:
        source: whose areas, or whose count of inhabitants, the values rest on.
        steps: the lowest value of each of six shades.
    """

    measure: Measure
    level: Level
    as_of: datetime
    source: str | None
    areas: tuple[ShadedArea, ...]
    steps: tuple[float, ...]


_HOUR = 3600.0
_FIXED = {
    Measure.OVERDUE_SHARE: (0.05, 0.1, 0.2, 0.3, 0.5, 0.75),
    Measure.MEDIAN_RESPONSE: tuple(hours * _HOUR for hours in (1.0, 4.0, 12.0, 24.0, 48.0, 120.0)),
}
"""Shares and times mean the same whatever is filtered: their shades don't move."""


def steps_for(measure: Measure, most: float) -> tuple[float, ...]:
    """The lowest value of each of six shades, for values up to *most*.

    Counts and densities: 1, 2, 3, 4, 6, 9 times the first of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, …
    with which *most* is at most three times the last; of counts never below 1.
    """
    if measure in _FIXED:
        return _FIXED[measure]
    exponent, digits = (0 if measure is Measure.COUNT else -4), (1, 2, 5)
    while True:
        for digit in digits:
            # as a decimal text: 0.2 is to be 0.2, not 0.20000000000000001
            factor = float(f"{digit}e{exponent}")
            if STEPS[-1] * factor * 3 >= most:
                return tuple(round(step * factor, 6) for step in STEPS)
        exponent += 1
