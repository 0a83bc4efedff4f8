"""The files behind photos: put together, removed when nothing refers to them, looked after."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from geoapp.domain.photo import PIECES, Photo, content_key
from geoapp.errors import NotFound, StorageUnavailable
from geoapp.media.storage import Storage, Stored
from geoapp.settings import Settings
from geoapp.store import photos as store
from geoapp.store.database import Database, Role

ORPHAN_PIECES_AFTER = timedelta(hours=1)
"""Pieces hold what the camera noted: they go soon once nobody receives their photo."""

LITTLE_ROOM = 1024 * 1024 * 1024
"""Bytes free below which the storage is said to be nearly full."""

_CONTENT = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.jpg")
_PIECE = re.compile(re.escape(PIECES) + r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/\d{10}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What the job removed: photos of no complaint, files of no photo, half-written files."""

    loose: int
    orphans: int
    half: int


def whole(storage: Storage, photo: Photo) -> bytes | None:
    """What was sent of a photo, put together; None when a piece isn't what it was."""
    parts: list[bytes] = []
    reached = 0
    for piece in list(storage.keys(f"{PIECES}{photo.id}/")):
        offset = int(piece.key.rpartition("/")[2])
        if offset < reached or offset >= photo.received:
            continue  # begun by somebody whose row never moved on
        if offset > reached:
            return None
        try:
            part = storage.get(piece.key)
        except NotFound:
            return None
        parts.append(part)
        reached += len(part)
    return b"".join(parts) if reached == photo.length else None


def sweep(database: Database, storage: Storage, hashes: Collection[str]) -> int:
    """Remove those of the files with *hashes* that no photo refers to; how many.

    Each under a lock that whoever stores such a file holds from before it is written until
    its row is committed: a file that is about to be referred to is never taken.

    Raises:
        StorageUnavailable: the storage can't be written to.
    """
    removed = 0
    for sha256 in sorted(set(hashes)):
        with database.transaction(Role.WORKER) as connection:
            store.claim(connection, sha256)
            # A statement of its own: it sees what was committed while this one waited.
            if store.unreferenced(connection, [sha256]):
                storage.delete(content_key(sha256))
                removed += 1
    return removed


def tidy(
    database: Database,
    storage: Storage,
    settings: Settings,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> Tidied:
    """Remove photos that nobody gave to a complaint, and files that nothing refers to.

    Files that aren't this program's are left alone, and so are young ones: a database that a
    restore put aside may still refer to what its successor doesn't know.

    Raises:
        StorageUnavailable: the storage can't be reached.
    """
    now = database.now()
    before = now - timedelta(hours=settings.photo_loose_hours)
    loose = orphans = 0
    while not stopping():
        with database.transaction(Role.WORKER) as connection:
            gone = store.purge_loose(connection, before)
        loose += len(gone)
        orphans += sweep(database, storage, [one for photo in gone for one in photo.hashes])
        if len(gone) < store.BATCH:
            break
    for batch in _batches(storage.keys()):
        if stopping():
            break
        orphans += _remove_orphan_pieces(database, storage, batch, now)
        orphans += _remove_orphan_files(database, storage, batch, before)
    half = storage.tidy(now - ORPHAN_PIECES_AFTER)
    return Tidied(loose, orphans, half)


def health(storage: Storage) -> dict[str, object]:
    """Whether photos can be stored now, for ``/health``."""
    try:
        free = storage.check()
    except StorageUnavailable as problem:
        return {"status": "unwritable", "message": problem.message, "free_bytes": None}
    nearly_full = free is not None and free < LITTLE_ROOM
    return {"status": "nearly full" if nearly_full else "ok", "free_bytes": free}


def _remove_orphan_pieces(
    database: Database, storage: Storage, batch: Iterable[Stored], now: datetime
) -> int:
    old = {
        stored.key: UUID(found.group(1))
        for stored in batch
        if (found := _PIECE.fullmatch(stored.key)) and stored.modified < now - ORPHAN_PIECES_AFTER
    }
    if not old:
        return 0
    with database.transaction(Role.WORKER) as connection:
        # An id is drawn before its first piece is written, and never again: no lock is needed.
        receiving = store.receiving(connection, set(old.values()))
    wrong = [key for key, photo in old.items() if photo not in receiving]
    for key in wrong:
        storage.delete(key)
    return len(wrong)


def _remove_orphan_files(
    database: Database, storage: Storage, batch: Iterable[Stored], before: datetime
) -> int:
    old = [
        found.group(1)
        for stored in batch
        if (found := _CONTENT.fullmatch(stored.key)) and stored.modified < before
    ]
    if not old:
        return 0
    with database.transaction(Role.WORKER) as connection:
        suspects = store.unreferenced(connection, old)
    return sweep(database, storage, suspects)


def _batches(listed: Iterator[Stored]) -> Iterator[list[Stored]]:
    while batch := list(islice(listed, store.BATCH)):
        yield batch
