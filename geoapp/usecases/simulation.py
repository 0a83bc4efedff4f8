"""A season of simulated complaints: rain-driven, clustered, with a hotspot known beforehand.

Everything follows from seed, city and day: a day has the same complaints in every run, and
each is known by its external id, so a simulation may be repeated, extended or interrupted.
All are flagged ``simulated``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely

from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.settings import Settings
from geoapp.spatial.bulk import BATCH, Filed, Outcome
from geoapp.store import simulated as store
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from geoapp.usecases.intake_bulk import Loader
from geoapp.usecases.simulation_lives import Life, live
from geoapp.usecases.simulation_places import Area, Town
from geoapp.usecases.simulation_recipe import Recipe, ServiceRecipe, recipe_of
from geoapp.usecases.simulation_weather import Day, weather

SOURCE = "simulation"
DAYS = 120
SEED = 1

# Complaints by hour of the day and by weekday (Monday first): people report on their way
# to work and in the evening, and less on Sundays.
_HOURS = {
    "any": (2, 1, 1, 1, 1, 3, 7, 10, 12, 11, 10, 9, 8, 8, 8, 9, 10, 10, 10, 10, 9, 7, 5, 3),
    "day": (0, 0, 0, 0, 0, 0, 3, 8, 10, 10, 10, 9, 9, 9, 9, 9, 8, 6, 4, 2, 1, 0, 0, 0),
    "night": (9, 6, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 12, 12),
}
_WEEKDAYS = (1.12, 1.08, 1.05, 1.02, 1.05, 0.92, 0.76)
_DUPLICATES = 0.05


@dataclass(frozen=True, slots=True)
class Planted:
    """The hotspot that was put there: *count* complaints within *radius_m* of the centre."""

    group: str
    service: str
    lon: float
    lat: float
    radius_m: float
    count: int
    days: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation stored, and what it hid in it."""

    stored: int
    known: int
    """Complaints of the same seed that were there already."""
    first_day: date
    last_day: date
    planted: Planted | None
    default_point: LonLat | None
    at_default_point: int


def simulate(
    database: Database,
    city: City,
    *,
    days: int = DAYS,
    rate: float | None = None,
    seed: int = SEED,
    now: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Simulated:
    """Fill the *days* up to *now* with complaints of the city's services.

    Newest days are stored first, so that a partly stored season is told by its length.

    Args:
        days: Length, the day of *now* included.
        rate: Complaints per day in a usual year; None takes the city's own. The weather
            and the day of the week move each day's number.
        now: End; complaints are told as they stand at this moment. Default: the present.
        progress: Told how many days are done, of how many.

    Raises:
        InvalidInput: *days* or *rate* is out of range, or the city has no areas.
        CatalogueError: the city's ``simulation.json`` doesn't fit it.
    """
    _check(days, rate)
    moment = (now or database.now()).astimezone(UTC)
    maker = _Maker(database, city, days, rate, seed, moment)
    loader = Loader(database, city, actor=SOURCE, keep_outside=False)
    counts = dict.fromkeys(Outcome, 0)
    at_default = 0
    waiting: list[Filed] = []

    def store_waiting() -> None:
        for answer in loader.store(waiting):
            counts[answer.outcome] += 1
        waiting.clear()

    waiting += maker.hotspot()
    for done, day in enumerate(reversed(maker.days), start=1):
        rows = list(maker.day(day))
        at_default += sum(row.new.position == maker.default_point for row in rows)
        waiting += rows
        while len(waiting) >= BATCH:
            rest = waiting[BATCH:]
            del waiting[BATCH:]
            store_waiting()
            waiting += rest
        progress(done, days)
    store_waiting()
    loader.refresh_statistics()
    return Simulated(
        stored=counts[Outcome.STORED],
        known=counts[Outcome.KNOWN],
        first_day=maker.days[0],
        last_day=maker.days[-1],
        planted=maker.planted,
        default_point=maker.default_point,
        at_default_point=at_default if maker.default_point else 0,
    )


def seed_if_empty(
    database: Database,
    city: City,
    settings: Settings,
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Simulated | None:
    """Give a city without complaints its simulated season; None when nothing was to do.

    A season that was cut off (the machine went down while it was stored) is completed. A
    city with a single real complaint is left alone for ever.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        there = store.span(connection, city.code)
    if there.simulated < there.count:
        return None
    if there.first is not None and there.last is not None:
        # A day or two at either end may have none by chance; a cut-off season lacks more.
        if (there.last - there.first).days >= settings.demo_days * 0.9 - 3:
            return None
        return simulate(database, city, days=settings.demo_days, now=there.last, progress=progress)
    return simulate(database, city, days=settings.demo_days, progress=progress)


def _check(days: int, rate: float | None) -> None:
    problems = []
    if not 1 <= days <= 3660:
        problems.append(FieldProblem("days", "must be 1 to 3660", days))
    if rate is not None and not 0 < rate <= 100_000:
        problems.append(FieldProblem("rate", "must be above 0, at most 100000 a day", rate))
    if problems:
        raise InvalidInput(
            "; ".join(f"{p.field} {p.message}" for p in problems) + ".", "Correct it.", problems
        )


class _Maker:
    """Makes the complaints of a day from seed, city and date alone."""

    def __init__(
        self,
        database: Database,
        city: City,
        days: int,
        rate: float | None,
        seed: int,
        now: datetime,
    ) -> None:
        self._catalogue: Catalogue = cities.catalogue(database, city)
        self._recipe: Recipe = recipe_of(city, self._catalogue)
        self._zone = ZoneInfo(city.timezone)
        self._now = now
        self._seed = seed
        self._key = f"{seed}/{city.code}"
        self._rate = rate or self._recipe.rate_per_day
        self._scale = max(1.0, self._rate / self._recipe.rate_per_day)
        last = now.astimezone(self._zone).date()
        self.days = [last - timedelta(days=n) for n in range(days - 1, -1, -1)]
        self._weather = weather(self._recipe.rain, self._key, self.days[0], last)
        with database.transaction(Role.WORKER, city.code) as connection:
            rows = store.active_areas(connection, city.code)
        self._town = Town(
            [Area(code, parent, shapely.from_wkb(wkb)) for code, parent, wkb in rows],
            self._key,
            self._recipe.flood_prone_parents,
        )
        point = self._recipe.default_point
        self.default_point = LonLat(point.lon, point.lat) if point else None
        if self.default_point and not self._town.holds(self.default_point):
            self.default_point = None
        self._shares = [service.share for service in self._recipe.services]
        self.planted: Planted | None = None

    def day(self, day: date) -> Iterator[Filed]:
        """The complaints of a day, until now."""
        dice = random.Random(f"{self._key}/{day}")  # noqa: S311 - a simulation wants repeatable dice
        sky = self._weather[day]
        weights = [
            share * sky.factor[service.rhythm]
            for share, service in zip(self._shares, self._recipe.services, strict=True)
        ]
        expected = self._rate * _WEEKDAYS[day.weekday()] * sum(weights) / sum(self._shares)
        chosen = dice.choices(self._recipe.services, weights, k=_poisson(dice, expected))
        for n, service in enumerate(chosen):
            # Each complaint has its own dice: one more draw here can't change the next.
            own = random.Random(f"{self._key}/{day}/{n}")  # noqa: S311
            yield from self._complaint(own, day, f"{day}:{n}", service, sky)

    def hotspot(self) -> list[Filed]:
        """The complaints of the planted hotspot; sets `planted`."""
        recipe = self._recipe.planted
        if recipe is None:
            return []
        days = min(recipe.days, len(self.days))
        centre = self._town.middle(recipe.area)
        by_code = {service.code: service for service in self._recipe.services}
        words = by_code.get(recipe.service) or self._recipe.services[0]
        count = round(recipe.count * self._scale)
        dice = random.Random(f"{self._key}/planted/{self.days[-1]}")  # noqa: S311
        rows = []
        for n in range(count):
            at = self._now - timedelta(seconds=dice.randrange(600, days * 86_400))
            place = self._town.near(dice, centre, recipe.radius_m)
            service = self._catalogue.services[recipe.service]
            life = live(dice, service, at, self._now, self._zone)
            rows.append(self._filed(dice, f"planted:{self.days[-1]}:{n}", words, at, life, place))
        self.planted = Planted(
            group=self._catalogue.services[recipe.service].group_code,
            service=recipe.service,
            lon=centre.lon,
            lat=centre.lat,
            radius_m=recipe.radius_m,
            count=count,
            days=days,
        )
        return rows

    def _complaint(
        self, dice: random.Random, day: date, number: str, service: ServiceRecipe, sky: Day
    ) -> Iterator[Filed]:
        hour = dice.choices(range(24), _HOURS[service.hours])[0]
        local = datetime.combine(
            day, time(hour, dice.randrange(60), dice.randrange(60)), self._zone
        )
        at = local.astimezone(UTC)
        kind = self._catalogue.services[service.code]
        flood = sky.heavy and service.rhythm in {"runoff", "flood"}
        area, place = self._town.place(
            dice, service.code, min(0.9, service.recurring * (1.5 if flood else 1)), flood=flood
        )
        somewhere: LonLat | None = place
        named = None
        if not kind.needs_place and dice.random() < 0.85:
            somewhere, named = None, area if dice.random() < 0.3 else None
        elif self._recipe.default_point and dice.random() < self._recipe.default_point.share:
            somewhere = self.default_point or place
        if at <= self._now:
            life = live(dice, kind, at, self._now, self._zone)
            yield self._filed(dice, number, service, at, life, somewhere, named)
        if somewhere is place and dice.random() < _DUPLICATES:
            again = at + timedelta(seconds=dice.randrange(1800, 72_000))
            beside = self._town.near(dice, place, 15.0)
            if again <= self._now:
                life = live(dice, kind, again, self._now, self._zone, duplicate=True)
                yield self._filed(dice, f"{number}:again", service, again, life, beside)

    def _filed(
        self,
        dice: random.Random,
        number: str,
        service: ServiceRecipe,
        at: datetime,
        life: Life,
        place: LonLat | None,
        named: str | None = None,
    ) -> Filed:
        blanks = {
            "n": dice.randint(2, 9),
            "m": dice.randrange(20, 200, 10),
            "c": dice.randrange(15, 65, 5),
            "rt": dice.randint(1, 32),
        }
        words = (
            dice.choice(self._recipe.openings),
            dice.choice(service.texts),
            dice.choice(self._recipe.closings),
        )
        text = _sentences(*words).format_map(blanks)
        landmark = None
        if place and self._recipe.landmarks and dice.random() < 0.55:
            landmark = dice.choice(self._recipe.landmarks).format_map(blanks)
        new = NewComplaint(
            service=service.code,
            description=text,
            landmark=landmark,
            position=place,
            accuracy_m=round(4 * math.exp(abs(dice.gauss(0, 0.9))), 1) if place else None,
            named_area=named,
            channel=Channel.SIMULATION,
            source=SOURCE,
            external_id=f"{self._seed}:{number}",
            submitted_at=at,
            status=life.status,
            first_response_at=life.first_response_at,
            resolved_at=life.resolved_at,
            closed_at=life.closed_at,
            anonymous=dice.random() < 0.25,
            confidential=dice.random() < 0.01,
            simulated=True,
        )
        return Filed(new, life.steps)


def _sentences(opening: str, text: str, closing: str) -> str:
    """Put together as people type: a capital only at the beginning of a sentence."""
    if closing.startswith(" "):
        text += "."
    return opening + text + closing


def _poisson(dice: random.Random, mean: float) -> int:
    """A Poisson number; beyond 60 by the normal curve, which is as good there."""
    if mean > 60:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number
