"""Photos in a backup and out of it; each is named by the hash of what it must hold."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from geoapp.domain.photo import content_key
from geoapp.errors import NotFound
from geoapp.media.storage import Storage
from geoapp.store import keeping
from geoapp.store import photos as store
from geoapp.usecases import keeping_file
from geoapp.usecases.keeping_file import Progress

_log = logging.getLogger(__name__)


def referenced(connection: Connection, counted: Mapping[str, int]) -> list[str]:
    """Hashes of every file that photos refer to; none where an older schema has no photos."""
    return [sha256 for sha256, _ in store.files(connection)] if counted.get("photo") else []


def read(
    storage: Storage, hashes: Sequence[str], progress: Progress
) -> Iterator[tuple[str, bytes]]:
    """Keys and bytes of what is there and whole; what isn't is left out, and logged.

    A photo that was taken back since the rows were read is no loss; one that lacks for long
    was lost before, and a backup of all others is worth more than none.

    Raises:
        StorageUnavailable: the storage can't be read.
    """
    for done, sha256 in enumerate(hashes, start=1):
        data = _whole(storage, sha256)
        if data is None:
            _log.warning("the storage lacks the photo %s: the backup has none of it", sha256)
        else:
            yield content_key(sha256), data
        progress("photos", done, len(hashes))


def put_back(url: str, storage: Storage, file: Path, progress: Progress) -> list[str]:
    """Put the photos of a backup into the storage; notes on those that are missing.

    What is there already and whole stays. Nothing is ever replaced by something else: a key
    is the hash of what it holds.

    Args:
        url: the restored database, brought up to date, which refers to them.

    Raises:
        StorageUnavailable: the storage can't be written to.
    """
    with keeping.reading(url) as connection:
        wanted = {sha256 for sha256, _ in store.files(connection)}
    of = len(wanted)
    if wanted:
        storage.check()  # makes the folder where there is none yet
    for done, (key, data) in enumerate(keeping_file.photos_in(file), start=1):
        sha256 = hashlib.sha256(data).hexdigest()
        if _whole(storage, sha256) is None:
            storage.put(key, data)
        wanted.discard(sha256)
        progress("photos", min(done, of), of)
    lost = [sha256 for sha256 in wanted if _whole(storage, sha256) is None]
    if not lost:
        return []
    return [f"{len(lost)} files of photos weren't in the backup, nor are they in the storage."]


def _whole(storage: Storage, sha256: str) -> bytes | None:
    """What lies there under a hash; None unless it is what the hash says."""
    try:
        data = storage.get(content_key(sha256))
    except NotFound:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
