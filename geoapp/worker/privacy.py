"""The job that ends what has served its time, and carries on erasures that were cut off."""

from __future__ import annotations

import logging
from collections.abc import Callable

from procrastinate.exceptions import JobAborted

from geoapp.domain.catalogue import City
from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, erasure, feed, privacy

log = logging.getLogger(__name__)

RETENTION_EVERY_S = 20 * 3600.0
"""Once a day, at about the same hour: looking for what is due reads every contact there is."""


def keep_privacy(database: Database, settings: Settings, stopping: Callable[[], bool]) -> int:
    """In every city: erasures that wait, and once a day retention; how much went.

    A city where something is wrong is logged, without naming anybody, and doesn't hold up others.

    Raises:
        JobAborted: *stopping* said so, asked between batches.
    """
    gone = 0
    storage = open_storage(settings)
    for city in cities.every(database):

        def carry_on(city: City = city) -> int:
            done = erasure.carry_on(database, city, settings.home, storage, stopping=stopping)
            return len(done.tickets) + done.contacts

        def retain(city: City = city) -> int:
            if not privacy.retention_due(database, city, every_s=RETENTION_EVERY_S):
                return 0
            done = privacy.retain(database, city, days=settings.contact_days, stopping=stopping)
            log.info("%s: %d contacts and %d marks went", city.slug, done.contacts, done.marks)
            return done.contacts + done.marks

        for work in (carry_on, retain):  # neither waits for what the other needs
            try:
                gone += work()
            except DatabaseUnavailable:
                raise
            except (GeoappError, OSError) as problem:
                log.warning("privacy of %s: %s", city.slug, problem)
        if stopping():
            raise JobAborted
    if gone:
        feed.ring_once(database)
    return gone
