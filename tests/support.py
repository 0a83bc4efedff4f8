"""Small helpers several tests share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from geoapp.domain.catalogue import City
from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.store.database import Database
from geoapp.usecases import cities, submit

Value = TypeVar("Value")

# Inside the approximate cell of Kelurahan Jelutung, 78 m from its edge.
JELUTUNG = LonLat(103.6105, -1.6125)


def eventually(ask: Callable[[], Value], *, within_s: float = 10.0, what: str = "") -> Value:
    """The first true answer of *ask*; fails the test after *within_s* seconds."""
    waited = threading.Event()
    end = time.monotonic() + within_s
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < end, f"never came true: {what or ask}"
        waited.wait(0.01)


def default_city(database: Database) -> City:
    """Kota Jambi as it is stored in *database*."""
    return cities.find(database, "15.71")


def send(database: Database, **changes: Any) -> dict[str, Any]:
    """Submit a complaint of the default city through the use case; its answer."""
    city = default_city(database)
    values: dict[str, Any] = {
        "service": "pothole",
        "description": "Lubang besar di tengah jalan",
        "position": JELUTUNG,
    } | changes
    return submit.submit(database, city, cities.catalogue(database, city), NewComplaint(**values))
