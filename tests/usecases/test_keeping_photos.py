"""A backup holds every photo; a restore brings back each, checked by its own name."""

from __future__ import annotations

import hashlib
import logging
import tarfile
import uuid
from pathlib import Path

import pytest

from geoapp.embedded.client import Client
from geoapp.errors import BackupUnusable, StorageUnavailable
from geoapp.media.folder import FolderStorage
from geoapp.store import keeping as store_keeping
from geoapp.store import photos as store
from geoapp.store.database import Database, Role
from geoapp.usecases import keeping, photos
from tests.databases import clone, drop
from tests.media.pictures import encoded, noise
from tests.support import send
from tests.usecases.photo_world import HookedStorage, darkroom, full, upload

pytestmark = pytest.mark.long


@pytest.fixture
def world(cluster, jambi_template, tmp_path):
    """A database with three photos, one of a complaint, and where to restore it to."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    storage = HookedStorage(tmp_path / "photos")
    room = darkroom(database, storage)
    ids = [upload(room, encoded(noise(900 + n, 600), "JPEG")) for n in range(3)]
    ticket = send(database)["ticket"]
    with database.transaction(Role.INTAKE, "15.71", ticket=ticket) as connection:
        photos.attach(connection, "15.71", ticket, [ids[1]])
    (tmp_path / "home").mkdir()
    server = keeping.Server(
        cluster.url("geoapp_owner", name), tmp_path / "home", Client.of(cluster.binaries),
        cluster.create_database, storage,
    )  # fmt: skip
    elsewhere = f"restored_{uuid.uuid4().hex[:8]}"
    (tmp_path / "new").mkdir()
    target = keeping.Server(
        store_keeping.at(server.url, elsewhere), tmp_path / "new", server.client, server.create,
        FolderStorage(tmp_path / "new" / "photos"),
    )  # fmt: skip
    yield server, target, storage, tmp_path / "all.tar"
    database.dispose()
    drop(cluster, name)
    if store_keeping.exists(target.url):
        drop(cluster, elsewhere)


def hashes(url: str) -> set[str]:
    with store_keeping.reading(url) as connection:
        return {sha256 for sha256, _ in store.files(connection)}


def test_every_photo_comes_back_with_its_hash(world):
    server, target, storage, file = world
    before = {stored.key: storage.get(stored.key) for stored in storage.keys("")}
    assert len(before) == 6
    keeping.backup(server, file)
    done = keeping.restore(target, file)
    assert done.notes == []
    assert {key: target.storage.get(key) for key in before} == before
    wanted = hashes(target.url)
    assert len(wanted) == 6
    for sha256 in wanted:
        kept = target.storage.get(f"{sha256[:2]}/{sha256}.jpg")
        assert hashlib.sha256(kept).hexdigest() == sha256


def test_a_spoilt_file_in_the_storage_is_replaced_and_a_whole_one_left(world):
    server, target, storage, file = world
    keeping.backup(server, file)
    keys = [stored.key for stored in storage.keys("")]
    target.storage.put(keys[0], b"spoilt")
    target.storage.put(keys[1], storage.get(keys[1]))
    old = (target.home / "photos" / keys[1]).stat().st_mtime_ns
    keeping.restore(target, file)
    assert target.storage.get(keys[0]) == storage.get(keys[0])
    assert (target.home / "photos" / keys[1]).stat().st_mtime_ns == old


def test_a_photo_that_is_lost_already_is_named_and_stops_nothing(world, caplog):
    server, target, storage, file = world
    storage.delete(next(storage.keys("")).key)
    with caplog.at_level(logging.WARNING):
        keeping.backup(server, file)
    assert "lacks the photo" in caplog.text
    done = keeping.restore(target, file)
    assert len(done.notes) == 1
    assert done.notes[0].startswith("1 files of photos")


@pytest.mark.parametrize("fault", ["cut among the photos", "a photo changed", "a photo removed"])
def test_a_backup_whose_photos_arent_whole_is_refused(world, fault):
    server, target, _storage, file = world
    keeping.backup(server, file)
    with tarfile.open(file) as tar:
        entries = [entry for entry in tar.getmembers() if entry.name.startswith("photos/")]
    assert len(entries) == 6
    whole = bytearray(file.read_bytes())
    spoilt = {
        "cut among the photos": whole[: entries[3].offset],
        "a photo changed": whole[: entries[2].offset_data + 700] + b"\0\1"
        + whole[entries[2].offset_data + 702 :],
        "a photo removed": whole[: entries[2].offset] + whole[entries[3].offset :],
    }[fault]  # fmt: skip
    file.write_bytes(spoilt)
    with pytest.raises(BackupUnusable):
        keeping.restore(target, file)
    assert not store_keeping.exists(target.url)
    assert list(target.home.iterdir()) == []


def test_a_full_disk_leaves_the_database_as_it_was(world, tmp_path):
    server, target, storage, file = world
    keeping.backup(server, file)
    small = HookedStorage(tmp_path / "small")
    small.before = full
    broken = keeping.Server(target.url, target.home, target.client, target.create, small)
    with pytest.raises(StorageUnavailable):
        keeping.restore(broken, file)
    assert not store_keeping.exists(target.url)
    storage.get = lambda _key: full("read")
    with pytest.raises(StorageUnavailable):
        keeping.backup(server, Path(tmp_path) / "second.tar")
    assert not (tmp_path / "second.tar").exists()
