"""Photos in a folder of this machine."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from geoapp.errors import NotFound, StorageUnavailable
from geoapp.media.storage import Stored, check_key

_HALF = ".half"
"""Where a file is written before it gets its name; on the same file system by being inside."""


class FolderStorage:
    """A `Storage` in a folder, readable to its owner alone; made when first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        """See `Storage.put`."""
        target = self._path(key)
        with _reported("written"):
            half = self._half()
            try:
                _write(half, data)
                self._folders(target.parent)
                half.replace(target)
            except BaseException:
                half.unlink(missing_ok=True)
                raise
            _sync_folder(target.parent)

    def get(self, key: str) -> bytes:
        """See `Storage.get`."""
        with _reported("read"):
            try:
                return self._path(key).read_bytes()
            except (FileNotFoundError, NotADirectoryError) as problem:
                self.root.stat()  # a folder that isn't mounted is no missing photo
                raise NotFound("The storage holds no such file.", "") from problem

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        target = self._path(key)
        with _reported("written"):
            target.unlink(missing_ok=True)
            # The folder of an upload goes with its last piece; one that holds more stays.
            with suppress(OSError):
                target.parent.rmdir()

    def keys(self, prefix: str = "") -> Iterator[Stored]:
        """See `Storage.keys`."""
        # From the deepest folder that the prefix names whole.
        within, _, _ = prefix.rpartition("/")
        with _reported("read"):
            for path in sorted(_files(self.root / within)):
                key = path.relative_to(self.root).as_posix()
                if not key.startswith(prefix):
                    continue
                try:
                    facts = path.stat()
                except FileNotFoundError:
                    continue  # removed since it was listed
                yield Stored(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def tidy(self, before: datetime) -> int:
        """See `Storage.tidy`."""
        removed = 0
        with _reported("written"):
            for path in _listed(self.root / _HALF):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before.timestamp():
                        path.unlink()
                        removed += 1
        return removed

    def check(self) -> int | None:
        """See `Storage.check`."""
        with _reported("written"):
            half = self._half()
            try:
                _write(half, b"can be written")
            finally:
                half.unlink(missing_ok=True)
            return shutil.disk_usage(self.root).free

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _half(self) -> Path:
        folder = self.root / _HALF
        self._folders(folder)
        return folder / secrets.token_hex(16)

    def _folders(self, folder: Path) -> None:
        """Make *folder* and those above it, each durable before anything is put into it."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._folders(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(folder.parent)
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(data)
        output.flush()
        os.fsync(output.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below *folder* but those half written."""
    for path in _listed(folder):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


@contextmanager
def _reported(verb: str) -> Iterator[None]:
    """What the system refuses, as the error of this program."""
    try:
        yield
    except OSError as problem:
        full = problem.errno in {errno.ENOSPC, errno.EDQUOT}
        raise StorageUnavailable(
            "There is no room for photos right now."
            if full
            else f"Photos can't be {verb} right now.",
            "Send the same request again.",
        ) from problem
