"""The job that seals every city's history and publishes the seals."""

from __future__ import annotations

import logging
from collections.abc import Callable

from procrastinate.exceptions import JobAborted

from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import audit, cities

log = logging.getLogger(__name__)


def seal_cities(database: Database, settings: Settings, stopping: Callable[[], bool]) -> int:
    """Seal what is due in every city; how many seals were made.

    A city whose seals can't be made or published is logged and doesn't hold up others.

    Raises:
        JobAborted: *stopping* said so, asked before each batch.
    """
    made = 0
    for city in cities.every(database):
        try:
            made += audit.seal_all(database, city, settings.home / "seals", stopping=stopping)
        except DatabaseUnavailable:
            raise
        except (GeoappError, OSError) as problem:
            log.warning("seals of %s: %s", city.code, problem)
        if stopping():
            raise JobAborted
    return made
