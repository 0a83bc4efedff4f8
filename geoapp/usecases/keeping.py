"""Backup and restore of everything: database, photos, published seals, signing key.

A restore never touches what is there before the backup has been read to its end, checked
and loaded beside it; then the two databases swap names. See ``docs/backup.md``.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import geoapp
from geoapp.embedded import client as programs
from geoapp.embedded.client import Client
from geoapp.errors import BackupUnusable, Conflict, InvalidInput, StoreError
from geoapp.media.folder import FolderStorage
from geoapp.media.storage import Storage
from geoapp.store import keeping, migrate
from geoapp.usecases import keeping_file, keeping_photos, published_seals
from geoapp.usecases.keeping_file import DUMP, FORMAT, SECRET, Manifest, Progress


@dataclass(frozen=True)
class Server:
    """Where the database is and how to work on it from outside.

    *url* is the owner's; *create* makes another database on the same server, with its
    extensions. *photos* is their storage; by default a folder under *home*.
    """

    url: str
    home: Path
    client: Client
    create: Callable[[str], None]
    photos: Storage | None = None

    @property
    def storage(self) -> Storage:
        """Where photos lie."""
        return self.photos or FolderStorage(self.home / "photos")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did; *before* is the name the database of before has now, if kept."""

    manifest: Manifest
    before: str | None
    notes: list[str]


def backup(server: Server, file: Path, progress: Progress = lambda *_: None) -> Manifest:
    """Write everything into *file*, as it is at one moment; writing goes on meanwhile.

    A backup that has the name already is replaced once the new one is whole.

    Raises:
        InvalidInput: *file* is there and no backup, or its folder isn't.
        ClusterError: pg_dump failed.
        StorageUnavailable: photos can't be read.
    """
    if file.exists() and not keeping_file.is_backup(file):
        raise InvalidInput(f"{file} is there and is no backup.", "Name another file.")
    if not file.parent.is_dir():
        raise InvalidInput(f"There is no folder {file.parent}.", "Make it, or name another.")
    # Beside the file: there is room for it, and moving it there costs nothing.
    scratch = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
    try:
        with keeping.snapshot(server.url) as (connection, name):
            counted, cities = keeping.counts(connection), keeping.cities(connection)
            revision = migrate.current(connection) or ""
            photos = keeping_photos.referenced(connection, counted)
            _dump(server, name, scratch / DUMP, len(counted), progress)
        members = {DUMP: scratch / DUMP}
        for city in cities:
            published = published_seals.path(server.home / "seals", city.slug)
            if published.exists():
                copy = scratch / published.name
                published_seals.copy(published, copy, up_to=city.seal)
                members[f"seals/{published.name}"] = copy
        if (server.home / SECRET).exists():
            members[SECRET] = server.home / SECRET
        return keeping_file.write(
            file,
            members,
            lambda facts: Manifest(
                FORMAT,
                geoapp.__version__,
                keeping.clock(server.url).isoformat(timespec="seconds"),
                revision,
                [asdict(city) for city in cities],
                counted,
                facts,
            ),
            progress,
            keeping_photos.read(server.storage, photos, progress),
        )
    finally:
        shutil.rmtree(scratch)


def _dump(server: Server, snapshot: str, target: Path, of: int, progress: Progress) -> None:
    done = 0

    def told(line: str) -> None:
        nonlocal done
        if "dumping contents of table" in line:
            done += 1
            progress("reading", min(done, of), of)

    schemas = [f"--schema={name}" for name in keeping.SCHEMAS]
    programs.run(
        server.client,
        [server.client.dump, "--format=custom", "--compress=3", "--verbose",
         "--no-unlogged-table-data", f"--snapshot={snapshot}", *schemas, f"--file={target}"],
        environment=keeping.libpq(server.url),
        on_line=told,
    )  # fmt: skip
    target.chmod(0o600)


def restore(
    server: Server, file: Path, *, replace: bool = False, progress: Progress = lambda *_: None
) -> Restored:
    """Bring back what *file* holds, under the name of the database that *server* names.

    Args:
        replace: put a database that holds cities aside, under another name; without it
            such a database is left alone.

    Raises:
        BackupUnusable: the file is cut short, was changed, or of a later release.
        Conflict: the database holds cities, or somebody is connected to it.
        ClusterError: pg_restore failed.
        StorageUnavailable: photos can't be written. In all these cases nothing has changed but
            that photos of the backup may lie in the storage, which the job for orphans removes.
    """
    there = keeping.exists(server.url)
    if there and not replace and keeping.holds_cities(server.url):
        raise Conflict(
            f"The database {keeping.name_of(server.url)!r} holds cities already.",
            "Add --replace to put it aside under another name.",
        )
    _alone(server)
    server.home.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".restore.", dir=server.home))
    beside = f"{keeping.name_of(server.url)}_new_{secrets.token_hex(4)}"
    new = keeping.at(server.url, beside)
    try:
        manifest = keeping_file.unpack(file, scratch, progress)
        _known(manifest)
        server.create(beside)
        _load(server, new, scratch / DUMP, progress)
        _compare(manifest, keeping.begin_life(new, manifest.revision))
        lost = keeping_photos.put_back(new, server.storage, file, progress)
        before = _swap(server, new, there, keep=there and keeping.holds_cities(server.url))
        return Restored(manifest, before, lost + _put_files(server, manifest, scratch))
    except BaseException:
        keeping.drop(new)
        raise
    finally:
        shutil.rmtree(scratch)


def _known(manifest: Manifest) -> None:
    if manifest.revision not in migrate.revisions():
        raise BackupUnusable(
            f"The backup's schema is {manifest.revision!r}, which this release doesn't know.",
            "Restore it with the release that made it, or a later one.",
        )


def _alone(server: Server) -> None:
    if keeping.others_connected(server.url):
        raise Conflict(
            f"Somebody is connected to the database {keeping.name_of(server.url)!r}.",
            "Stop the servers and workers that use it, and restore again.",
        )


def _load(server: Server, url: str, dump: Path, progress: Progress) -> None:
    """Load the dump in one transaction, roles first: rights are given to them."""
    keeping.make_roles(url)
    restore = server.client.restore
    listed = programs.run(server.client, [restore, "--list", dump], environment={})
    of = sum(1 for line in listed.splitlines() if not line.startswith(";"))
    done = 0

    def told(line: str) -> None:
        nonlocal done
        if any(word in line for word in (": creating ", ": processing data ", ": executing ")):
            done += 1
            progress("loading", min(done, of), of)

    programs.run(
        server.client,
        [restore, "--exit-on-error", "--single-transaction", "--no-owner", "--verbose",
         f"--dbname={keeping.name_of(url)}", dump],
        environment=keeping.libpq(url),
        on_line=told,
    )  # fmt: skip


def _compare(manifest: Manifest, found: dict[str, int]) -> None:
    wrong = [
        f"{table} has {found.get(table)} of {count}"
        for table, count in manifest.counts.items()
        if found.get(table) != count
    ]
    if wrong:
        raise StoreError(f"Not everything came back: {', '.join(wrong)}.", "Nothing was changed.")


def _swap(server: Server, new: str, there: bool, *, keep: bool) -> str | None:
    """Give the restored database the name; the name of the one before, if it was kept."""
    name = keeping.name_of(server.url)
    aside = f"{name}_before_{keeping.clock(server.url):%Y%m%d_%H%M%S}"
    if there:
        keeping.rename(server.url, aside)
    try:
        keeping.rename(new, name)
    except BaseException:
        if there:
            keeping.rename(keeping.at(server.url, aside), name)
        raise
    if there and not keep:
        keeping.drop(keeping.at(server.url, aside))
    return aside if there and keep else None


def _put_files(server: Server, manifest: Manifest, scratch: Path) -> list[str]:
    """Published seals and signing key beside the database; what is there already stays."""
    notes = []
    ends, now = keeping.seals_end(server.url), keeping.clock(server.url)
    for city in manifest.cities:
        published = published_seals.path(server.home / "seals", city["slug"])
        kept = scratch / "seals" / published.name
        if not published_seals.blank(published):
            if published_seals.note_restore(published, ends[city["slug"]], now):
                notes.append(
                    f"Seals of {city['name']} that were published after the backup are noted"
                    f" as lost in {published}. geoapp audit verify will name them and end with 1"
                    " unless it is called with --acknowledge-restore."
                )
        elif kept.exists():
            published.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, published)
    mine, kept = server.home / SECRET, scratch / SECRET
    if kept.exists() and not mine.exists():
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as output:
            output.write(kept.read_bytes())
    elif kept.exists() and mine.read_bytes() != kept.read_bytes():
        notes.append(
            f"The signing key in {mine} isn't the backup's: sessions and the keys that"
            " reporters follow their complaints by end. The backup's was not taken."
        )
    return notes
