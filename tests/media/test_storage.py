"""Storages keep bytes durably or not at all, wherever they are."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from geoapp.errors import NotFound, SettingsError, StorageUnavailable
from geoapp.media.folder import FolderStorage
from geoapp.media.s3 import S3Storage
from geoapp.media.storage import Storage, open_storage
from geoapp.settings import Settings


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_settings(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in (("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s"),
                        ("AWS_DEFAULT_REGION", "us-east-1")):  # fmt: skip
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3_server)
    client.create_bucket(Bucket="foto")
    for found in client.list_objects_v2(Bucket="foto").get("Contents", ()):
        client.delete_object(Bucket="foto", Key=found["Key"])
    return Settings(photo_storage="s3://foto/kota/jambi", photo_s3_endpoint=s3_server)


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(Settings(photo_storage=str(tmp_path / "photos")))
    return open_storage(request.getfixturevalue("s3_settings"))


def test_what_was_put_is_what_is_got(storage: Storage) -> None:
    data = os.urandom(300_000)
    storage.put("ab/one.jpg", data)
    assert hashlib.sha256(storage.get("ab/one.jpg")).digest() == hashlib.sha256(data).digest()
    storage.put("ab/one.jpg", b"other")
    assert storage.get("ab/one.jpg") == b"other"


def test_keys_are_listed_by_their_beginning_with_size_and_age(storage: Storage) -> None:
    for key in ("parts/b/0000000000", "parts/a/0000000512", "parts/a/0000000000", "ab/x.jpg"):
        storage.put(key, key.encode())
    listed = list(storage.keys("parts/a/"))
    assert [found.key for found in listed] == ["parts/a/0000000000", "parts/a/0000000512"]
    assert [found.size for found in listed] == [18, 18]
    age = datetime.now(UTC) - listed[0].modified
    assert timedelta(seconds=-5) < age < timedelta(minutes=1)
    assert [found.key for found in storage.keys("parts/")][-1] == "parts/b/0000000000"
    assert len(list(storage.keys())) == 4
    assert list(storage.keys("zz")) == []


def test_what_isnt_there_is_not_found_and_may_be_deleted(storage: Storage) -> None:
    storage.put("ab/there.jpg", b"1")
    with pytest.raises(NotFound):
        storage.get("ab/none.jpg")
    storage.delete("ab/none.jpg")
    storage.delete("ab/there.jpg")
    assert list(storage.keys()) == []


def test_a_check_leaves_nothing(storage: Storage) -> None:
    free = storage.check()
    assert free is None or free > 0
    assert list(storage.keys()) == []


@pytest.mark.parametrize(
    "key", ["../out", "/etc/passwd", "a/../../b", "", "a//b", "A/b", ".half/x"]
)
def test_no_key_leads_out_of_the_storage(storage: Storage, key: str) -> None:
    for ask in (storage.get, storage.delete, lambda one: storage.put(one, b"x")):
        with pytest.raises(ValueError, match="key"):
            ask(key)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """The system refuses to make any file larger than *size*."""
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, old)


def test_a_file_that_cant_be_written_whole_isnt_there_at_all(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "photos")
    storage.put("ab/small.jpg", b"before")
    with no_room_beyond(1000), pytest.raises(StorageUnavailable):
        storage.put("ab/large.jpg", b"x" * 5000)
    with no_room_beyond(1000), pytest.raises(StorageUnavailable):
        storage.put("ab/small.jpg", b"y" * 5000)
    assert storage.get("ab/small.jpg") == b"before"
    assert [found.key for found in storage.keys("")] == ["ab/small.jpg"]
    left = [path for path in (tmp_path / "photos").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["small.jpg"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own ENOSPC, from a file that is always full."""
    real = os.open

    def full(path: str, flags: int, _mode: int = 0o777) -> int:
        return real("/dev/full", os.O_WRONLY) if flags & os.O_WRONLY else real(path, flags)

    storage = FolderStorage(tmp_path / "photos")
    monkeypatch.setattr(os, "open", full)
    with pytest.raises(StorageUnavailable, match="no room"):
        storage.put("ab/x.jpg", b"x" * 100_000)


def test_files_are_readable_to_their_owner_alone(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "photos")
    storage.put("ab/x.jpg", b"x")
    for path in [tmp_path / "photos", *(tmp_path / "photos").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_a_killed_writer_left_is_tidied_when_it_is_old(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "photos")
    storage.put("ab/x.jpg", b"x")
    for name, age_s in (("old", 7200), ("young", 10)):
        half = tmp_path / "photos" / ".half" / name
        half.write_bytes(b"half")
        then = datetime.now(UTC).timestamp() - age_s
        os.utime(half, (then, then))
    assert [found.key for found in storage.keys("")] == ["ab/x.jpg"]
    assert storage.tidy(datetime.now(UTC) - timedelta(hours=1)) == 1
    assert [path.name for path in (tmp_path / "photos" / ".half").iterdir()] == ["young"]


def test_a_folder_that_isnt_mounted_is_no_missing_photo(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        FolderStorage(tmp_path / "away").get("ab/x.jpg")


def test_a_server_that_is_away_is_unavailable(s3_settings: Settings) -> None:
    gone = S3Storage("foto", endpoint="http://127.0.0.1:9")
    with pytest.raises(StorageUnavailable):
        gone.put("ab/x.jpg", b"x")
    missing = S3Storage("no-such-bucket", endpoint=s3_settings.photo_s3_endpoint)
    for ask in (lambda: missing.put("a", b""), lambda: missing.get("a"), missing.check,
                lambda: list(missing.keys())):  # fmt: skip
        with pytest.raises(StorageUnavailable):
            ask()


def test_two_prefixes_of_one_bucket_know_nothing_of_each_other(s3_settings: Settings) -> None:
    here = open_storage(s3_settings)
    there = S3Storage("foto", "kota/lain", endpoint=s3_settings.photo_s3_endpoint)
    here.put("ab/x.jpg", b"here")
    assert list(there.keys()) == []
    with pytest.raises(NotFound):
        there.get("ab/x.jpg")


def test_other_addresses_are_no_storage() -> None:
    with pytest.raises(SettingsError, match="PHOTO_STORAGE"):
        open_storage(Settings(photo_storage="ftp://somewhere/photos"))
