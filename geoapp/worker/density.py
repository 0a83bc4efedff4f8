"""The job that keeps density cells up with the feed and the clock."""

from __future__ import annotations

import logging
from collections.abc import Callable

from procrastinate.exceptions import JobAborted

from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.store.database import Database
from geoapp.usecases import cities, density

log = logging.getLogger(__name__)

QUEUE = "density"
"""A queue of its own: tiles add up what wasn't counted yet, so nothing should hold it up."""


def count_cities(database: Database, stopping: Callable[[], bool]) -> int:
    """Count what changed in every city; how many steps it took.

    A city that can't be counted is logged and doesn't hold up others.

    Raises:
        JobAborted: *stopping* said so, asked after each step.
    """
    steps = 0
    for city in cities.every(database):
        try:
            steps += density.keep_up(database, city, stopping=stopping)
        except DatabaseUnavailable:
            raise
        except GeoappError as problem:
            log.warning("density of %s: %s", city.code, problem)
        if stopping():
            raise JobAborted
    return steps
