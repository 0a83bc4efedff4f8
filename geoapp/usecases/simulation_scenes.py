"""Drawn photos and supporters for simulated complaints, so that a demo shows what a city sees."""

from __future__ import annotations

import hashlib

from geoapp.domain.catalogue import City
from geoapp.domain.photo import content_key
from geoapp.media.illustrations import SIZE, SMALL_SIZE, VARIANTS, scene
from geoapp.media.storage import Storage
from geoapp.store import simulated as store
from geoapp.store.database import Database, Role
from geoapp.usecases import cities


def furnish(database: Database, city: City, storage: Storage) -> int:
    """Give simulated complaints of the last month photos and supporters; how many photos.

    Drawn scenes, marked as such, a few per group: their bytes are stored once. Run again it
    adds nothing to what has some.

    Raises:
        StorageUnavailable: the drawings can't be written.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        if store.has_photos(connection, city.code):
            return 0
    scenes = []
    for group in cities.catalogue(database, city).groups:
        for number in range(VARIANTS):
            large, small = scene(group, number)
            scenes.append(
                store.Scene(
                    group,
                    number,
                    _put(storage, large),
                    _put(storage, small),
                    len(large),
                    len(small),
                )
            )
    with database.transaction(Role.WORKER, city.code) as connection:
        return store.furnish(connection, city.code, scenes, VARIANTS, SIZE, SMALL_SIZE)


def _put(storage: Storage, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    storage.put(content_key(digest), data)
    return digest
