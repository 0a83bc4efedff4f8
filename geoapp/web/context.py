"""What a request needs to know: the site it runs in, its city, its language."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar, cast

from flask import current_app, g, has_request_context, request

from geoapp.domain.account import Lifetime
from geoapp.domain.catalogue import Catalogue, City
from geoapp.errors import CityUnknown
from geoapp.maps.shell import Shell
from geoapp.media.images import Studio
from geoapp.media.storage import Storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities
from geoapp.usecases.feed import Bell, Hub
from geoapp.usecases.photos import Darkroom
from geoapp.usecases.tiles import Shelf
from geoapp.usecases.vault import Vault
from geoapp.usecases.work_feed import Watch

LANGUAGES = ("id", "en")

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values that may be a few seconds old; a cache that may be lost at any time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: dict[object, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        """The value for *key*, made anew when it's older than the span."""
        held = self._held.get(key)
        if held is None or time.monotonic() - held[0] > self._seconds:
            held = (time.monotonic(), make())
            with self._lock:
                if len(self._held) > 256:
                    self._held.clear()
                self._held[key] = held
        return held[1]

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._held.clear()


@dataclass(eq=False)
class Site:
    """Everything the web side is wired to; made once, by the application factory."""

    settings: Settings
    database: Database
    bell: Bell
    hub: Hub
    photos: Storage
    vault: Vault
    facts: Remembered[dict[str, Any]] = field(default_factory=lambda: Remembered(10.0))
    """What pages say of a city, by its code and the language."""
    shells: Remembered[Shell] = field(default_factory=lambda: Remembered(3600.0))
    """Drawn maps, by the city's code and the version of its boundaries."""
    tiles: Shelf = field(default_factory=Shelf)
    """Tiles drawn lately, by what was asked and the version of the data."""
    studio: Studio = field(default_factory=Studio)
    """Draws photos, few at a time in this process."""
    watch: Watch = field(init=False)
    """Ends streams of staff whose rights ended."""
    _cities: Remembered[list[City]] = field(default_factory=lambda: Remembered(5.0))
    _catalogues: Remembered[Catalogue] = field(default_factory=lambda: Remembered(10.0))

    def __post_init__(self) -> None:
        """Wire what is made of the others."""
        self.watch = Watch(
            self.database,
            Lifetime(self.settings.session_idle_s, self.settings.session_longest_s),
            factor_needed=self.settings.needs_second_factor,
        )

    @property
    def darkroom(self) -> Darkroom:
        """What receiving and drawing photos needs."""
        return Darkroom(self.database, self.photos, self.studio)

    def cities(self) -> list[City]:
        """Every city this server keeps; at most five seconds old."""
        return self._cities.get("all", lambda: cities.every(self.database))

    def catalogue(self, city: City, day: date) -> Catalogue:
        """What a city offers on *day*; at most ten seconds old."""
        return self._catalogues.get((city.code, day), lambda: cities.catalogue(self.database, city))

    def forget_catalogues(self) -> None:
        """Read the catalogues anew: this process has just changed one."""
        self._catalogues.forget()


def site() -> Site:
    """The site of the current application."""
    return cast("Site", current_app.extensions["geoapp"])


def now() -> datetime:
    """The time by the database's clock."""
    return site().database.now()


def addressed_city() -> City | None:
    """The city this request's address names, or None.

    Raises:
        DatabaseUnavailable: it can't be known, because the cities couldn't be read.
    """
    if "geoapp.unavailable" in request.environ:
        raise request.environ["geoapp.unavailable"]
    return cast("City | None", request.environ.get("geoapp.city"))


def current_city() -> City:
    """The city this request is for.

    Raises:
        CityUnknown: the address names none and several, or none at all, are kept.
        DatabaseUnavailable: it can't be known right now.
    """
    city = addressed_city()
    if city is None:
        names = ", ".join(f"/{city.slug}" for city in site().cities())
        raise CityUnknown(
            "The address names no city.",
            f"Add one of {names}." if names else "Load one: geoapp city load FOLDER.",
        )
    return city


def current_catalogue() -> Catalogue:
    """What the request's city offers today."""
    city = current_city()
    return site().catalogue(city, cities.today(city, now()))


def current_language() -> str:
    """The visitor's language: asked for, remembered, or the city's own."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        asked = request.args.get("lang") or request.cookies.get("lang", "")
        if asked not in LANGUAGES and request.path.startswith("/api/"):
            # Programs say it in a header; for pages the city's own language comes first.
            asked = request.accept_languages.best_match(LANGUAGES) or ""
        g.language = asked if asked in LANGUAGES else _home_language()
    return cast("str", g.language)


def current_timezone() -> str:
    """The zone in which moments are told: the city's."""
    city = request.environ.get("geoapp.city") if has_request_context() else None
    return city.timezone if city is not None else "UTC"


def _home_language() -> str:
    city = request.environ.get("geoapp.city")
    locale = city.locale if city is not None else LANGUAGES[0]
    return locale if locale in LANGUAGES else "en"
