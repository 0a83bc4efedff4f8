"""Files of photos: those that belong to nothing go, those that belong to something never."""

from __future__ import annotations

import io
import os
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.domain.photo import PhotoState
from geoapp.errors import StorageUnavailable
from geoapp.settings import Settings
from geoapp.store import photos as store
from geoapp.store.database import Database, Role
from geoapp.usecases import photo_files, photos
from geoapp.usecases.photos import Darkroom
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.media.pictures import all_four, encoded, noise, scene
from tests.support import default_city, send
from tests.usecases.photo_world import Cut, HookedStorage, age, darkroom, full, rows, upload

SETTINGS = Settings(photo_loose_hours=48)


@pytest.fixture(scope="module")
def kept_database(cluster, jambi_template) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def database(kept_database: Database) -> Database:
    with as_owner(kept_database) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))
    return kept_database


@pytest.fixture
def storage(tmp_path: Path) -> HookedStorage:
    return HookedStorage(tmp_path / "photos")


@pytest.fixture
def room(database: Database, storage: HookedStorage) -> Darkroom:
    return darkroom(database, storage)


def photo_of_complaint(room: Darkroom, image_width: int):
    photo = upload(room, encoded(scene(10 * image_width, 600), "PNG"))
    ticket = send(room.database)["ticket"]
    with room.database.transaction(Role.INTAKE, "15.71", ticket=ticket) as connection:
        photos.attach(connection, "15.71", ticket, [photo])
    return photo


def age_files(storage: HookedStorage, hours: float) -> None:
    then = datetime.now(UTC).timestamp() - hours * 3600
    for path in storage.inner.root.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_photos_nobody_gave_to_a_complaint_go_with_their_files(room, database, storage):
    old, young = (
        upload(room, encoded(scene(700, 600), "PNG")),
        upload(room, encoded(scene(800, 600), "PNG")),
    )
    half = photos.begin(database, default_city(database), 500_000, most_mb=20)
    photos.receive(room, default_city(database), half, 0, Cut(bytes(500_000), 300_000))
    theirs = photo_of_complaint(room, 90)
    kept = {name for name in storage.names() if not name.startswith("parts/")}
    for photo in (old, half, theirs):
        age(database, photo, 49)
    age(database, young, 47)
    age_files(storage, 49)
    done = photo_files.tidy(database, storage, SETTINGS)
    assert (done.loose, done.orphans) == (2, 3)  # two sizes of the old one, and a piece
    assert {photo for photo, _ in rows(database)} == {str(young), str(theirs)}
    assert len(kept - set(storage.names())) == 2
    for photo in (young, theirs):
        with as_owner(database) as connection:
            hashes = connection.execute(
                text("SELECT sha256, small_sha256 FROM geoapp.photo WHERE id = :id"),
                {"id": str(photo)},
            ).one()
        assert all(f"{one[:2]}/{one}.jpg" in storage.names() for one in hashes)
    assert photo_files.tidy(database, storage, SETTINGS) == photo_files.Tidied(0, 0, 0)


def test_a_file_that_two_photos_share_stays_with_the_second(room, database, storage):
    data = encoded(scene(700, 600), "PNG")
    first, second = upload(room, data), upload(room, data)
    before = storage.names()
    age(database, first, 49)
    assert photo_files.tidy(database, storage, SETTINGS).loose == 1
    assert storage.names() == before
    assert rows(database) == [(str(second), "kept")]


def test_orphans_go_when_they_are_old_and_nothing_else_does(room, database, storage):
    theirs = photo_of_complaint(room, 90)
    mine = storage.names()
    orphan = "c" * 64
    gone = "11111111-1111-4111-8111-111111111111"
    half = photos.begin(database, default_city(database), 500_000, most_mb=20)
    photos.receive(room, default_city(database), half, 0, Cut(bytes(500_000), 300_000))
    for key in (f"cc/{orphan}.jpg", f"parts/{gone}/0000000000", "cc/notes.txt", "readme.md"):
        storage.put(key, b"x" * 100)
    assert photo_files.tidy(database, storage, SETTINGS).orphans == 0  # all of them are young
    age_files(storage, 2)
    assert photo_files.tidy(database, storage, SETTINGS).orphans == 1
    assert f"parts/{gone}/0000000000" not in storage.names()
    age_files(storage, 49)
    assert photo_files.tidy(database, storage, SETTINGS).orphans == 1
    assert storage.names() == sorted(
        [*mine, "cc/notes.txt", "readme.md", f"parts/{half}/0000000000"]
    )
    assert {photo for photo, _ in rows(database)} == {str(theirs), str(half)}


def test_a_file_that_is_about_to_be_referred_to_is_never_taken(room, database, storage):
    """Its bytes lie there, its row isn't committed yet: at this moment the job comes by."""
    data = encoded(scene(700, 600), "PNG")
    upload(room, data)
    first = set(storage.names())
    with as_owner(database) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))  # now both files are orphans
    age_files(storage, 49)
    swept = threading.Event()
    job = threading.Thread(
        target=lambda: (photo_files.tidy(database, storage, SETTINGS), swept.set())
    )
    put: list[str] = []

    def come_by(key: str) -> None:
        if not key.startswith("parts/"):
            put.append(key)
            age_files(storage, 49)
            if len(put) == 2:
                job.start()
                assert not swept.wait(1.0)  # it waits for the row

    storage.after = come_by
    photo = upload(room, data)
    job.join(20)
    assert swept.is_set()
    found = photos.standing(room, default_city(database), photo)
    assert found.state is PhotoState.KEPT
    assert set(storage.names()) == first


def test_a_photo_that_comes_while_its_orphaned_twin_is_removed_is_whole(room, database, storage):
    """The other way round: the job holds the file, whoever brings it anew waits."""
    data = encoded(scene(700, 600), "PNG")
    upload(room, data)
    with as_owner(database) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))
    age_files(storage, 49)
    deleting, go_on = threading.Event(), threading.Event()
    real = storage.inner.delete

    def slowly(key: str) -> None:
        deleting.set()
        assert go_on.wait(20)
        real(key)

    storage.delete = slowly
    job = threading.Thread(target=lambda: photo_files.tidy(database, storage, SETTINGS))
    job.start()
    assert deleting.wait(10)
    told: list[object] = []
    sender = threading.Thread(target=lambda: told.append(upload(room, data)))
    sender.start()
    sender.join(1.0)
    assert sender.is_alive()  # it waits for the job
    go_on.set()
    storage.delete = real
    for thread in (job, sender):
        thread.join(30)
    found = photos.standing(room, default_city(database), told[0])
    assert storage.names() == sorted([found.large.key, found.small.key])


@pytest.mark.long
def test_many_uploads_and_the_job_side_by_side_lose_no_file(room, database, storage):
    """Forty photos of four kinds, taken back and sent again while files are swept."""
    city = default_city(database)
    files = [encoded(scene(600 + n, 600), "PNG") for n in range(4)]
    stop = threading.Event()
    faults: list[BaseException] = []

    def sweep() -> None:
        while not stop.is_set():
            age_some()
            photo_files.tidy(database, storage, SETTINGS)

    def age_some() -> None:
        for path in list(storage.inner.root.rglob("*.jpg")):
            try:
                os.utime(path, (0, 0))
            except FileNotFoundError:
                continue

    def come_and_go(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(10):
                photo = upload(room, chance.choice(files))
                if chance.random() < 0.6:
                    photos.discard(room, city, photo)
        except BaseException as problem:  # noqa: BLE001 - whatever it is
            faults.append(problem)

    senders = [threading.Thread(target=come_and_go, args=(seed,)) for seed in range(4)]
    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    stop.set()
    sweeper.join(30)
    assert faults == []
    with database.transaction(Role.WORKER) as connection:
        wanted = {f"{sha256[:2]}/{sha256}.jpg" for sha256, _ in store.files(connection)}
    assert {name for name in storage.names() if name.endswith(".jpg")} == wanted


def test_a_storage_that_is_away_stops_the_job_and_says_so(room, database, tmp_path):
    class Away(HookedStorage):
        def keys(self, prefix: str = ""):
            full(prefix)
            yield from ()

    with pytest.raises(StorageUnavailable):
        photo_files.tidy(database, Away(tmp_path / "away"), SETTINGS)


def test_health_says_whether_photos_can_be_stored(storage, monkeypatch):
    told = photo_files.health(storage)
    assert told["status"] == "ok"
    assert told["free_bytes"] > 0
    storage.check = lambda: 5_000_000
    assert photo_files.health(storage)["status"] == "nearly full"
    storage.check = lambda: full("probe")
    assert photo_files.health(storage)["status"] == "unwritable"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """*data* as a bad card, a bad line or bad intent would make it."""
    spoilt = bytearray(data)
    way = chance.randrange(6)
    if way == 0:
        return bytes(spoilt[: chance.randrange(1, len(spoilt))])
    if way == 1:
        for _ in range(chance.randrange(1, 40)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    elif way == 2:
        at = chance.randrange(len(spoilt))
        spoilt[at : at + chance.randrange(1, 4000)] = b""
    elif way == 3:
        at = chance.randrange(len(spoilt))
        spoilt[at:at] = chance.randbytes(chance.randrange(1, 4000))
    elif way == 4:  # heads and lengths live in the first bytes
        for _ in range(chance.randrange(1, 12)):
            spoilt[chance.randrange(min(400, len(spoilt)))] = chance.choice((0, 0x7F, 0x80, 0xFF))
    else:
        at, size = chance.randrange(len(spoilt)), chance.randrange(1, 3000)
        spoilt[at : at + size] = spoilt[:size]
    return bytes(spoilt)


@pytest.mark.long
def test_two_hundred_spoilt_photos_crash_nothing_and_leave_nothing(room, database, storage):
    chance = random.Random(5)
    city = default_city(database)
    real = [*all_four(noise(900, 700)).values(), *all_four(scene(500, 300)).values()]
    ends = {"kept": 0, "refused": 0}
    for number in range(200):
        data = mutated(real[number % len(real)], chance)
        photo = photos.begin(database, city, len(data), most_mb=20)
        found = photos.receive(room, city, photo, 0, io.BytesIO(data))
        ends[found.state.value] += 1
        assert not [name for name in storage.names() if name.startswith("parts/")]
        if found.state is PhotoState.KEPT:
            photos.discard(room, city, photo)
        else:
            age(database, photo, 49)
    print(f"of 200 spoilt photos {ends}")
    assert ends["refused"] > 100
    assert storage.names() == []
    assert not list(Path("/tmp").glob("geoapp-photo*"))
    photo_files.tidy(database, storage, SETTINGS)
    assert rows(database) == []
