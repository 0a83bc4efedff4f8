"""The job that carries activations on, whoever began them.

Previews begun on a page, what somebody asked for, and what a crash left behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from procrastinate.exceptions import JobAborted

from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.store.database import Database
from geoapp.usecases import activation, cities

log = logging.getLogger(__name__)


def carry_on(database: Database, stopping: Callable[[], bool]) -> int:
    """Carry on every activation that waits for the worker; how many got further.

    A city whose activation can't go on is logged, with the reason kept in the activation, and
    doesn't hold up others.

    Raises:
        JobAborted: *stopping* said so, asked after each batch; the next run goes on there.
    """
    served = {city.code: city for city in cities.every(database)}
    further = 0
    for code, waiting in activation.unfinished(database):
        try:
            now = activation.resume(database, served[code], waiting.id, stopping=stopping)
            log.info("activation %d of %s is %s", now.id, code, now.state.value)
            further += 1
        except DatabaseUnavailable:
            raise
        except GeoappError as problem:
            log.warning("activation %d of %s stands still: %s", waiting.id, code, problem)
        if stopping():
            raise JobAborted
    return further
