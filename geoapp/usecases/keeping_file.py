"""The backup file: a tar of a manifest and what it lists.

``manifest.json`` comes first and names every other member with its size and sha256:
``database.dump`` (pg_dump's custom format), ``seals/<city>.jsonl`` and, where the signing
key isn't a setting, ``secret_key``. Photos follow as ``photos/ab/<sha256>.jpg``: their names
say what they must hold. ``end.json`` comes last and says how many they are, so that a file that
was cut is known as such.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from geoapp.errors import BackupUnusable

FORMAT = 2
"""Since 2 with photos and the end."""
MANIFEST = "manifest.json"
END = "end.json"
DUMP = "database.dump"
SECRET = "secret_key"  # noqa: S105 - a file's name
_PHOTO = re.compile(r"photos/([0-9a-f]{2}/([0-9a-f]{64})\.jpg)")
_PHOTO_MOST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_MANIFEST_MOST = 16 * 1024 * 1024

Progress = Callable[[str, int, int], None]
"""What is being done, how far, of how much."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; written by one release, read by later ones."""

    format: int
    program: str
    made_at: str
    revision: str
    cities: list[dict[str, Any]]
    counts: dict[str, int]
    members: dict[str, dict[str, Any]]


def write(
    file: Path,
    members: Mapping[str, Path],
    describe: Callable[[dict[str, dict[str, Any]]], Manifest],
    progress: Progress,
    photos: Iterable[tuple[str, bytes]] = (),
) -> Manifest:
    """Write a backup to *file*, whole or not at all, readable to its owner alone.

    Args:
        members: names in the tar and the files they come from; those stay.
        describe: makes the manifest, given the members' sizes and digests.
        photos: keys in the storage (the hash of what they hold) and bytes, read one by one.
    """
    facts = {name: _facts(path, progress) for name, path in members.items()}
    manifest = describe(facts)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as output:
            with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as tar:
                text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
                _add(tar, MANIFEST, io.BytesIO(text), len(text))
                for name, path in members.items():
                    with path.open("rb") as source:
                        _add(tar, name, source, facts[name]["bytes"])
                count = 0
                for key, data in photos:
                    _add(tar, f"photos/{key}", io.BytesIO(data), len(data))
                    count += 1
                text = json.dumps({"photos": count}).encode()
                _add(tar, END, io.BytesIO(text), len(text))
            output.flush()
            os.fsync(output.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return manifest


def _add(tar: tarfile.TarFile, name: str, source: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o600
    tar.addfile(entry, source)


def _facts(path: Path, progress: Progress) -> dict[str, Any]:
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress("hashing", done, size)
    return {"bytes": size, "sha256": digest.hexdigest()}


def is_backup(file: Path) -> bool:
    """Whether *file* looks like one of ours: it may then be replaced by another."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            return first is not None and first.name == MANIFEST
    except (tarfile.TarError, OSError):
        return False


def unpack(file: Path, folder: Path, progress: Progress) -> Manifest:
    """Take a backup apart into *folder*, every byte of it checked.

    Raises:
        BackupUnusable: it is cut short, was changed, or is no backup of ours.
    """
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > _MANIFEST_MOST:
                raise _no_backup(file)
            manifest = _read_manifest(tar, first)
            left = dict(manifest.members)
            total = sum(facts["bytes"] for facts in left.values())
            done = photos = 0
            told = None if manifest.format > 1 else 0
            while (entry := tar.next()) is not None:
                if _PHOTO.fullmatch(entry.name):
                    _photo(tar, entry)
                    photos += 1
                    continue
                if entry.name == END and told is None:
                    told = _read_end(tar, entry)
                    continue
                facts = left.pop(entry.name, None)
                if facts is None or not entry.isfile():
                    raise BackupUnusable(
                        f"{file} holds {entry.name!r}, which its manifest doesn't name.",
                        "Take another copy of the backup.",
                    )
                done = _extract(tar, entry, folder, facts, done, total, progress)
    except (tarfile.TarError, EOFError, OSError) as problem:
        if isinstance(problem, FileNotFoundError | PermissionError):
            raise
        raise BackupUnusable(
            f"{file} can't be read to its end: {problem}.", "Take another copy of the backup."
        ) from problem
    if left or told != photos:
        missing = ", ".join(sorted(left)) or "a part of the photos"
        raise BackupUnusable(
            f"{file} is cut short: {missing} is missing.", "Take another copy of the backup."
        )
    return manifest


def photos_in(file: Path) -> Iterator[tuple[str, bytes]]:
    """The photos of a backup that was unpacked before: keys in the storage, and bytes."""
    with tarfile.open(file, mode="r:") as tar:
        while (entry := tar.next()) is not None:
            if found := _PHOTO.fullmatch(entry.name):
                yield found.group(1), _photo(tar, entry)


def _photo(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    """A photo, which must be what its name says."""
    found = _PHOTO.fullmatch(entry.name)
    source = tar.extractfile(entry) if entry.isfile() and entry.size <= _PHOTO_MOST else None
    data = source.read() if source is not None else b""
    if found is None or hashlib.sha256(data).hexdigest() != found.group(2):
        raise BackupUnusable(
            f"{entry.name} in the backup isn't what was written: its sha256 differs.",
            "Take another copy of the backup.",
        )
    return data


def _read_end(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> int:
    source = tar.extractfile(entry)
    assert source is not None
    try:
        return int(json.loads(source.read(1000))["photos"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupUnusable(
            f"The backup's end can't be read: {problem!r}.", "Take another copy of the backup."
        ) from problem


def _read_manifest(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Manifest:
    source = tar.extractfile(entry)
    assert source is not None
    try:
        said = json.loads(source.read())
        if said["format"] > FORMAT:
            raise BackupUnusable(
                f"The backup has format {said['format']}; this release reads up to {FORMAT}.",
                "Restore it with the release that made it, or a later one.",
            )
        manifest = Manifest(**said)
        safe = all(
            not PurePosixPath(name).is_absolute()
            and ".." not in PurePosixPath(name).parts
            and isinstance(facts["bytes"], int)
            and isinstance(facts["sha256"], str)
            for name, facts in manifest.members.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise BackupUnusable(
            f"The backup's manifest can't be read: {problem!r}.", "Take another copy of the backup."
        ) from problem
    if not safe:
        raise BackupUnusable("The backup's manifest names files that can't be.", "Don't trust it.")
    return manifest


def _extract(
    tar: tarfile.TarFile,
    entry: tarfile.TarInfo,
    folder: Path,
    facts: Mapping[str, Any],
    done: int,
    total: int,
    progress: Progress,
) -> int:
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = tar.extractfile(entry)
    assert source is not None
    digest = hashlib.sha256()
    with target.open("xb") as output:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            output.write(chunk)
            done += len(chunk)
            progress("checking", done, total)
    if entry.size != facts["bytes"] or digest.hexdigest() != facts["sha256"]:
        raise BackupUnusable(
            f"{entry.name} in the backup isn't what was written: its sha256 differs.",
            "Take another copy of the backup.",
        )
    return done


def _no_backup(file: Path) -> BackupUnusable:
    return BackupUnusable(
        f"{file} isn't a backup of this program: it doesn't begin with a manifest.",
        "Name a file that geoapp backup wrote.",
    )
