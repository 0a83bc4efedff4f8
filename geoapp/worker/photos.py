"""The job that removes photos of no complaint, and files of no photo."""

from __future__ import annotations

import logging
from collections.abc import Callable

from procrastinate.exceptions import JobAborted

from geoapp.errors import SettingsError, StorageUnavailable
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import photo_files

log = logging.getLogger(__name__)


def tidy_photos(
    database: Database, settings: Settings, stopping: Callable[[], bool]
) -> photo_files.Tidied | None:
    """Remove what belongs to nothing; None while the storage can't be reached.

    Raises:
        JobAborted: *stopping* said so; the next run finds what is left.
    """
    try:
        done = photo_files.tidy(database, open_storage(settings), settings, stopping=stopping)
    except (StorageUnavailable, SettingsError) as problem:
        log.warning("photos aren't tidied: %s", problem)
        return None
    log.info(
        "removed %d photos of no complaint, %d files of no photo, %d half written",
        done.loose,
        done.orphans,
        done.half,
    )
    if stopping():
        raise JobAborted
    return done
