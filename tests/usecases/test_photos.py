"""Photos come in piece by piece, are drawn once, and given to a complaint."""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.domain.photo import PhotoState, Refusal, content_key
from geoapp.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PhotoRefused,
    StorageUnavailable,
    TooLarge,
)
from geoapp.store.database import Database, Role
from geoapp.usecases import photos
from geoapp.usecases.photos import Darkroom
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.media.pictures import encoded, noise, scene
from tests.support import default_city, eventually
from tests.usecases.photo_world import (
    Cut,
    HookedStorage,
    darkroom,
    full,
    rows,
    upload,
)

BIG = encoded(noise(1600, 1200), "PNG", compress_level=1)
"""Some megabytes: several pieces."""


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


@pytest.fixture
def city(database: Database):
    return default_city(database)


def begun(room: Darkroom, data: bytes) -> uuid.UUID:
    return photos.begin(room.database, default_city(room.database), len(data), most_mb=20)


def test_a_photo_is_kept_under_the_hash_of_what_is_kept(room, city, storage):
    photo = upload(room, BIG)
    found = photos.standing(room, city, photo)
    assert found.state is PhotoState.KEPT
    assert room.studio.read == [hashlib.sha256(BIG).hexdigest()]
    assert storage.names() == sorted([found.large.key, found.small.key])
    for size in (found.large, found.small):
        data = storage.get(size.key)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (size.sha256, size.bytes)
    assert (found.large.width, found.large.height) == (1600, 1200)
    assert (found.small.width, found.small.height) == (480, 360)


def test_an_upload_that_is_cut_anywhere_goes_on_where_it_stood(room, city):
    """Thirty losses at random places; the child read the very file."""
    chance = random.Random(20261122)
    photo = begun(room, BIG)
    cuts = 0
    while True:
        found = photos.standing(room, city, photo)
        if found.state is not PhotoState.RECEIVING:
            break
        left = BIG[found.received :]
        with suppress(InvalidInput):  # too little came to be stored by itself
            photos.receive(room, city, photo, found.received, Cut(left, chance.randrange(150_000)))
        cuts += 1
    assert cuts > 20
    assert found.state is PhotoState.KEPT
    assert room.studio.read == [hashlib.sha256(BIG).hexdigest()]


def test_what_came_before_a_cut_is_not_sent_again(room, city):
    photo = begun(room, BIG)
    found = photos.receive(room, city, photo, 0, Cut(BIG, 700_000))
    assert found.received == 700_000
    assert photos.standing(room, city, photo).received == 700_000


@pytest.mark.parametrize("offset", [1, 511, 700_001, 10**9])
def test_a_piece_that_doesnt_begin_where_the_photo_stands_is_refused(room, city, offset):
    photo = begun(room, BIG)
    photos.receive(room, city, photo, 0, Cut(BIG, 700_000))
    with pytest.raises(Conflict, match="700000"):
        photos.receive(room, city, photo, offset, io.BytesIO(BIG[:8192]))
    assert photos.standing(room, city, photo).received == 700_000


def test_of_two_who_send_the_same_piece_at_once_one_is_told_to_look_again(room, city, storage):
    """The second asks while the first writes; had it written too, the bytes would be mixed."""
    photo = begun(room, BIG)
    writing, go_on = threading.Event(), threading.Event()

    def pause(_key: str) -> None:
        writing.set()
        assert go_on.wait(10)

    storage.before = pause
    told: list[object] = []
    first = threading.Thread(
        target=lambda: told.append(photos.receive(room, city, photo, 0, Cut(BIG, 100_000)))
    )
    first.start()
    assert writing.wait(10)
    storage.before = lambda _key: None
    with pytest.raises(Conflict):
        photos.receive(room, city, photo, 0, io.BytesIO(b"\0" * 50_000))
    go_on.set()
    first.join(10)
    assert [found.received for found in told] == [100_000]
    photos.receive(room, city, photo, 100_000, io.BytesIO(BIG[100_000:]))
    assert room.studio.read == [hashlib.sha256(BIG).hexdigest()]


def test_eight_who_send_the_whole_photo_at_once_store_it_once(room, city):
    photo = begun(room, BIG)
    told: list[str] = []

    def send_all() -> None:
        try:
            photos.receive(room, city, photo, 0, io.BytesIO(BIG))
            told.append("received")
        except Conflict:
            told.append("conflict")

    threads = [threading.Thread(target=send_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(told) == 8
    assert told.count("received") <= 1
    if "received" not in told:
        # Somebody looked just when the one in front came with the next piece: who is told so
        # asks where it stands and goes on.
        offset = photos.standing(room, city, photo).received
        assert 0 < offset < len(BIG)
        photos.receive(room, city, photo, offset, io.BytesIO(BIG[offset:]))
    assert photos.standing(room, city, photo).state is PhotoState.KEPT
    assert room.studio.read == [hashlib.sha256(BIG).hexdigest()]


def test_more_than_was_announced_isnt_taken(room, city):
    photo = begun(room, b"x" * 10_000)
    with pytest.raises(TooLarge):
        photos.receive(room, city, photo, 0, io.BytesIO(b"x" * 10_001))
    assert photos.standing(room, city, photo).received == 0


def test_pieces_of_a_few_bytes_arent_stored(room, city, storage):
    photo = begun(room, BIG)
    with pytest.raises(InvalidInput, match="4096"):
        photos.receive(room, city, photo, 0, io.BytesIO(b"x"))
    assert storage.names() == []


@pytest.mark.parametrize(("length", "error"), [(0, InvalidInput), (20 * 1024 * 1024 + 1, TooLarge)])
def test_lengths_that_no_photo_has_are_refused(room, city, length, error):
    with pytest.raises(error):
        photos.begin(room.database, city, length, most_mb=20)
    assert rows(room.database) == []


def test_a_process_that_dies_between_piece_and_row_costs_nothing(room, city, storage):
    """The piece lies there, the row doesn't know: sent again, in a shorter piece."""
    photo = begun(room, BIG)

    def die(_key: str) -> None:
        raise SystemExit

    storage.after = die
    with pytest.raises(SystemExit):
        photos.receive(room, city, photo, 0, io.BytesIO(BIG))
    storage.after = lambda _key: None
    assert photos.standing(room, city, photo).received == 0
    photos.receive(room, city, photo, 0, Cut(BIG, 9_000))
    photos.receive(room, city, photo, 9_000, io.BytesIO(BIG[9_000:]))
    assert room.studio.read == [hashlib.sha256(BIG).hexdigest()]
    assert photos.standing(room, city, photo).state is PhotoState.KEPT


def test_a_process_that_dies_before_drawing_leaves_a_photo_that_is_drawn_when_asked(
    room, city, storage
):
    photo = begun(room, BIG)
    real, room.studio.draw = room.studio.draw, lambda _data: (_ for _ in ()).throw(SystemExit)
    with pytest.raises(SystemExit):
        photos.receive(room, city, photo, 0, io.BytesIO(BIG))
    room.studio.draw = real
    assert rows(room.database) == [(str(photo), "receiving")]
    assert all(name.startswith("parts/") for name in storage.names())
    assert photos.standing(room, city, photo).state is PhotoState.KEPT


def children() -> set[int]:
    """Processes that this one has started and that draw a photo."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            with suppress(OSError):
                if b"image_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
    return found


def test_a_child_that_is_killed_leaves_nothing_half_stored_and_is_tried_again(room, city, storage):
    photo = begun(room, BIG)
    told: list[type[BaseException]] = []

    def send_all() -> None:
        try:
            photos.receive(room, city, photo, 0, io.BytesIO(BIG))
        except StorageUnavailable as problem:
            told.append(type(problem))

    sender = threading.Thread(target=send_all)
    sender.start()
    (child,) = eventually(children, what="a child")
    os.kill(child, signal.SIGKILL)
    sender.join(30)
    assert told == [StorageUnavailable]
    assert rows(room.database) == [(str(photo), "receiving")]
    assert all(name.startswith("parts/") for name in storage.names())
    found = photos.standing(room, city, photo)
    assert found.state is PhotoState.KEPT
    assert storage.names() == sorted([found.large.key, found.small.key])


def test_a_full_disk_moves_nothing_on_and_the_piece_is_taken_later(room, city, storage):
    photo = begun(room, BIG)
    photos.receive(room, city, photo, 0, Cut(BIG, 600_000))
    before = storage.names()
    storage.before = full
    with pytest.raises(StorageUnavailable):
        photos.receive(room, city, photo, 600_000, io.BytesIO(BIG[600_000:]))
    assert storage.names() == before
    storage.before = lambda _key: None
    assert photos.standing(room, city, photo).received == 600_000
    photos.receive(room, city, photo, 600_000, io.BytesIO(BIG[600_000:]))
    assert photos.standing(room, city, photo).state is PhotoState.KEPT


def test_a_disk_that_is_full_for_the_second_file_keeps_neither(room, city, storage):
    photo = begun(room, BIG)
    drawn: list[str] = []

    def full_for_the_second(key: str) -> None:
        if not key.startswith("parts/"):
            drawn.append(key)
            if len(drawn) == 2:
                full(key)

    storage.before = full_for_the_second
    with pytest.raises(StorageUnavailable):
        photos.receive(room, city, photo, 0, io.BytesIO(BIG))
    assert len(drawn) == 2
    assert all(name.startswith("parts/") for name in storage.names())
    assert rows(room.database) == [(str(photo), "receiving")]
    storage.before = lambda _key: None
    assert photos.standing(room, city, photo).state is PhotoState.KEPT


def test_a_photo_that_was_sent_twice_lies_there_once(room, city, storage):
    first, second = upload(room, BIG), upload(room, BIG)
    assert len(storage.names()) == 2
    photos.discard(room, city, first)
    found = photos.standing(room, city, second)
    assert storage.names() == sorted([found.large.key, found.small.key])
    photos.discard(room, city, second)
    assert storage.names() == []


def test_what_is_refused_leaves_its_reason_and_no_byte(room, city, storage):
    photo = upload(room, b"%PDF-1.7 this is no photo at all" * 400)
    found = photos.standing(room, city, photo)
    assert (found.state, found.refused_for) == (PhotoState.REFUSED, Refusal.NOT_A_PHOTO)
    assert storage.names() == []


def test_a_piece_that_was_lost_in_the_storage_is_noticed(room, city, storage):
    photo = begun(room, BIG)
    photos.receive(room, city, photo, 0, Cut(BIG, 600_000))
    storage.delete(next(storage.keys("parts/")).key)
    photos.receive(room, city, photo, 600_000, io.BytesIO(BIG[600_000:]))
    assert photos.standing(room, city, photo).refused_for is Refusal.INCOMPLETE


def test_a_photo_may_be_taken_back_until_it_is_somebodys(room, city, storage):
    whole, half = upload(room, BIG), begun(room, BIG)
    photos.receive(room, city, half, 0, Cut(BIG, 600_000))
    for photo in (whole, half):
        photos.discard(room, city, photo)
        for ask in (photos.standing, photos.discard):
            with pytest.raises(NotFound):
                ask(room, city, photo)
    assert (storage.names(), rows(room.database)) == ([], [])


def test_a_form_without_scripts_sends_a_photo_in_one_go(room, city, storage):
    photo = photos.take(room, city, BIG, most_mb=20)
    assert photos.standing(room, city, photo).state is PhotoState.KEPT
    before = storage.names()
    with pytest.raises(PhotoRefused, match="isn't a JPEG") as caught:
        photos.take(room, city, b"GIF89a" + b"x" * 5000, most_mb=20)
    assert caught.value.fields[0].field == "photos"
    with pytest.raises(TooLarge):
        photos.take(room, city, b"x" * (2 * 1024 * 1024), most_mb=1)
    storage.before = full
    with pytest.raises(StorageUnavailable):
        photos.take(room, city, BIG, most_mb=20)
    assert storage.names() == before
    assert rows(room.database) == [(str(photo), "kept")]


def test_another_citys_transaction_finds_no_photo(room, database):
    photo = upload(room, encoded(scene(), "PNG"))
    with database.transaction(Role.INTAKE, "99.99") as connection:
        seen = connection.execute(text("SELECT count(*) FROM geoapp.photo")).scalar_one()
    assert seen == 0
    assert content_key("a" * 64).startswith("aa/")
    assert rows(database) == [(str(photo), "kept")]
