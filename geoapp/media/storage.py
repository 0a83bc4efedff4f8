"""Where bytes of photos lie: one interface, a local folder or an S3-compatible server.

What is stored is never changed: a key names the hash of its bytes (``ab/ab12….jpg``), or a
piece of one upload (``parts/<id>/<offset>``). What can't be written or read right now is
`StorageUnavailable`; a put has stored everything durably, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from geoapp.errors import SettingsError
from geoapp.settings import Settings

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing in a storage: its key, its bytes, when it was written."""

    key: str
    size: int
    modified: datetime


class Storage(Protocol):
    """Bytes under keys; a key is lower-case letters, digits, ``._-`` and slashes.

    Every method raises `StorageUnavailable` when the storage can't be reached or is full.
    """

    def put(self, key: str, data: bytes) -> None:
        """Store *data*, in place of what had the key; durable when this returns."""

    def get(self, key: str) -> bytes:
        """What has the key.

        Raises:
            NotFound: nothing has it.
        """

    def delete(self, key: str) -> None:
        """Remove what has the key; nothing is fine."""

    def keys(self, prefix: str = "") -> Iterator[Stored]:
        """Everything whose key begins with *prefix*, sorted by key."""

    def tidy(self, before: datetime) -> int:
        """Remove what writers that were killed left half written before a moment; how many."""

    def check(self) -> int | None:
        """Write something and take it away; the bytes that are free, None if nobody knows."""


def open_storage(settings: Settings) -> Storage:
    """The storage that *settings* name; nothing is touched yet.

    Raises:
        SettingsError: it's neither a folder nor ``s3://bucket/prefix``, or boto3 isn't there.
    """
    named = settings.photo_storage
    if not named:
        return _folder(settings.home / "photos")
    if "://" not in named:
        return _folder(Path(named))
    if not named.startswith("s3://"):
        raise SettingsError(
            f"GEOAPP_PHOTO_STORAGE is {named!r}.", "Write a folder, or s3://bucket/prefix."
        )
    bucket, _, prefix = named.removeprefix("s3://").partition("/")
    try:
        from geoapp.media.s3 import S3Storage  # noqa: PLC0415 - boto3 is an extra
    except ImportError as problem:
        raise SettingsError(
            "GEOAPP_PHOTO_STORAGE names S3, and boto3 isn't installed.",
            "Install geoapp[s3].",
        ) from problem
    return S3Storage(bucket, prefix, endpoint=settings.photo_s3_endpoint or None)


def check_key(key: str) -> str:
    """*key*, which must be one: it becomes a path.

    Raises:
        ValueError: it isn't.
    """
    if len(key) > 200 or not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a storage")
    return key


def _folder(root: Path) -> Storage:
    from geoapp.media.folder import FolderStorage  # noqa: PLC0415 - it imports this module

    return FolderStorage(root)
