"""What tests of photos share: a darkroom with a folder, storages that fail, and questions."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from geoapp.domain.photo import Refusal
from geoapp.errors import StorageUnavailable
from geoapp.media.folder import FolderStorage
from geoapp.media.images import Drawing, Studio
from geoapp.media.storage import Stored
from geoapp.store.database import Database
from geoapp.usecases import photos
from geoapp.usecases.photos import Darkroom
from tests.asking import as_owner
from tests.support import default_city


class WatchedStudio(Studio):
    """Remembers the hash of every file that it was given to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def draw(self, data: bytes, *, seconds: float = 30.0) -> Drawing | Refusal:
        self.read.append(hashlib.sha256(data).hexdigest())
        return super().draw(data, seconds=seconds)


class HookedStorage:
    """A folder in which *before* and *after* are called around every put, with its key."""

    def __init__(self, root: Path) -> None:
        self.inner = FolderStorage(root)
        self.before: Callable[[str], None] = lambda _key: None
        self.after: Callable[[str], None] = lambda _key: None

    def put(self, key: str, data: bytes) -> None:
        self.before(key)
        self.inner.put(key, data)
        self.after(key)

    def get(self, key: str) -> bytes:
        return self.inner.get(key)

    def delete(self, key: str) -> None:
        self.inner.delete(key)

    def keys(self, prefix: str = "") -> Iterator[Stored]:
        return self.inner.keys(prefix)

    def tidy(self, before: datetime) -> int:
        return self.inner.tidy(before)

    def check(self) -> int | None:
        return self.inner.check()

    def names(self) -> list[str]:
        """Every key there is, half-written files included."""
        found = (path for path in self.inner.root.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.inner.root).as_posix() for path in found)


def full(_key: str) -> None:
    """A storage without room."""
    raise StorageUnavailable("There is no room.", "Send it again.")


class Cut(io.BytesIO):
    """A connection that is lost after so many bytes."""

    def __init__(self, data: bytes, after: int) -> None:
        super().__init__(data)
        self.left = after

    def read(self, size: int | None = -1, /) -> bytes:
        if self.left <= 0:
            raise ConnectionResetError("the telephone is in a tunnel")
        got = super().read(min(self.left, size if size and size > 0 else self.left))
        self.left -= len(got)
        return got


def darkroom(database: Database, storage: HookedStorage) -> Darkroom:
    return Darkroom(database, storage, WatchedStudio())


def upload(room: Darkroom, data: bytes) -> UUID:
    """Send a photo in one go; its id."""
    city = default_city(room.database)
    photo = photos.begin(room.database, city, len(data), most_mb=20)
    photos.receive(room, city, photo, 0, io.BytesIO(data))
    return photo


def age(database: Database, photo: UUID, hours: float) -> None:
    """Let a photo have been begun so long ago."""
    with as_owner(database) as connection:
        connection.execute(
            text("UPDATE geoapp.photo SET created_at = now() - :age WHERE id = :id"),
            {"age": timedelta(hours=hours), "id": str(photo)},
        )


def rows(database: Database) -> list[tuple[str, str]]:
    """Id and state of every photo."""
    with as_owner(database) as connection:
        found = connection.execute(text("SELECT id::text, state FROM geoapp.photo ORDER BY 1"))
        return [(row.id, row.state) for row in found]
