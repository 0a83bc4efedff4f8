"""Rain for the simulation: a two-state Markov chain per month, and what rain brings.

Wet and dry days follow each other with the month's own probabilities, the amount of a wet
day is exponential (Richardson 1981, Water Resources Research 17: 182-190). The chain
always begins on the same day, so that a day has the same weather in every run of a seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geoapp.usecases.simulation_recipe import MonthOfRain, Rhythm

_BEGIN = date(2015, 1, 1)
_NORMAL_DAYS = 3653  # ten years: what "usual" is reckoned from
_MEMORY_DAYS = 25.0  # after this, roads have forgotten two thirds of a day's rain
RHYTHMS: tuple[Rhythm, ...] = ("steady", "wear", "runoff", "flood", "storm", "dry")


@dataclass(frozen=True, slots=True)
class Day:
    """A day's rain in mm, and how much more than usual each rhythm brings (1 = usual)."""

    rain_mm: float
    storm: bool
    factor: dict[Rhythm, float]

    @property
    def heavy(self) -> bool:
        """Enough rain to flood low places: about two hours of it."""
        return self.rain_mm > 22


def weather(months: Sequence[MonthOfRain], key: str, first: date, last: date) -> dict[date, Day]:
    """The days from *first* to *last*; *key* is the seed. Without *months* all are usual."""
    usual: dict[Rhythm, float] = dict.fromkeys(RHYTHMS, 1.0)
    span = (last - first).days + 1
    if not months:
        return {first + timedelta(days=n): Day(0.0, storm=False, factor=usual) for n in range(span)}
    by_month = {month.month: month for month in months}
    dice = random.Random(f"{key}/weather")  # noqa: S311 - a simulation wants repeatable dice
    begin = min(_BEGIN, first)
    wet, yesterday, stormed, wetness = False, 0.0, False, 5.0
    raw: list[tuple[float, bool, dict[Rhythm, float]]] = []
    for n in range(max(_NORMAL_DAYS, (last - begin).days + 1)):
        month = by_month[(begin + timedelta(days=n)).month]
        wet = dice.random() < (month.after_wet if wet else month.after_dry)
        rain = dice.expovariate(1 / month.mean_mm) if wet else 0.0
        storm = dice.random() < (0.45 if rain > 20 else 0.02)
        wetness += (rain - wetness) * (1 - math.exp(-1 / _MEMORY_DAYS))
        raw.append((rain, storm, _effects(rain, yesterday, storm, stormed, wetness)))
        yesterday, stormed = rain, storm
    mean = {
        rhythm: sum(effects[rhythm] for _, _, effects in raw[:_NORMAL_DAYS]) / _NORMAL_DAYS
        for rhythm in RHYTHMS
    }
    offset = (first - begin).days
    return {
        first + timedelta(days=n): Day(
            rain, storm, {rhythm: value / mean[rhythm] for rhythm, value in effects.items()}
        )
        for n, (rain, storm, effects) in enumerate(raw[offset : offset + span])
    }


def _effects(
    rain: float, yesterday: float, storm: bool, stormed: bool, wetness: float
) -> dict[Rhythm, float]:
    """What a day brings, in units of its own; callers divide by the mean."""
    return {
        "steady": 1.0,
        "wear": 0.45 + wetness / 9,
        "runoff": 0.3 + min(rain, 60) / 12 + min(yesterday, 60) / 24,
        "flood": 0.02 + max(0.0, rain - 22) / 10 + max(0.0, yesterday - 35) / 20,
        "storm": 0.7 + 2.0 * storm + 1.5 * stormed,
        "dry": max(0.3, 1.6 - wetness / 8),
    }
