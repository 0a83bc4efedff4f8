"""Photos are given to a complaint: in order, once, all or none."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.domain.photo import PhotoState
from geoapp.errors import (
    InvalidInput,
    NotFound,
)
from geoapp.store.database import Database, Role
from geoapp.usecases import photos
from geoapp.usecases.photos import Darkroom
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.media.pictures import encoded, exif, noise, scene
from tests.support import JELUTUNG, default_city, send
from tests.usecases.photo_world import (
    HookedStorage,
    darkroom,
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


def given(room: Darkroom, ticket: str, ids: list[uuid.UUID], **more) -> None:
    city = default_city(room.database)
    with room.database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        photos.attach(connection, city.code, ticket, ids, **more)


def test_photos_are_given_in_their_order_and_what_cameras_noted_is_forgotten(room, database):
    block = exif(lat=[(1, 1), (36, 1), (45, 1)], lon=[(103, 1), (36, 1), (378, 10)],
                 taken=b"2026:11:20 08:15:30\0")  # fmt: skip
    ids = [
        upload(room, encoded(noise(200 + n, 100), "JPEG", exif=b"Exif\0\0" + block))
        for n in range(3)
    ]
    city = default_city(database)
    found = photos.found_place(database, city, photos.standing(room, city, ids[0]))
    # 36 + 45/60 minutes; 36 + 37.8/60; the camera's clock is the city's, seven hours ahead.
    assert (found["lon"], found["lat"]) == pytest.approx((103.6105, -1.6125), abs=1e-7)
    assert (JELUTUNG.lon, JELUTUNG.lat) == (103.6105, -1.6125)
    assert found["taken_at"] == "2026-11-20T08:15:30+07:00"
    assert found["kelurahan"]["name"] == "Jelutung"
    ticket = send(database)["ticket"]
    given(room, ticket, [ids[2], ids[0], ids[1]])
    with as_owner(database) as connection:
        listed = connection.execute(
            text("SELECT id, found, private FROM geoapp.photo ORDER BY position")
        ).all()
    assert listed == [(ids[2], None, False), (ids[0], None, False), (ids[1], None, False)]
    with pytest.raises(NotFound):  # it's the complaint's now
        photos.standing(room, city, ids[0])


def test_a_time_that_hasnt_come_yet_is_forgotten(room, city):
    photo = upload(
        room, encoded(scene(), "JPEG", exif=b"Exif\0\0" + exif(taken=b"2199:01:01 00:00:00\0"))
    )
    assert photos.found_place(room.database, city, photos.standing(room, city, photo)) is None


@pytest.mark.parametrize("which", ["six", "twice", "missing", "half", "refused", "somebody's"])
def test_photos_that_cant_be_given_stop_the_whole_submission(room, database, city, which):
    one = upload(room, encoded(scene(), "PNG"))
    half = begun(room, BIG)
    theirs = upload(room, encoded(scene(80, 80), "PNG"))
    given(room, send(database)["ticket"], [theirs])
    ids = {
        "six": [one, *(uuid.uuid4() for _ in range(5))],
        "twice": [one, one],
        "missing": [one, uuid.uuid4()],
        "half": [one, half],
        "refused": [one, upload(room, b"%PDF-1.7 no photo" * 500)],
        "somebody's": [one, theirs],
    }[which]
    ticket = send(database)["ticket"]
    with pytest.raises(InvalidInput) as caught:
        given(room, ticket, ids)
    assert [problem.field for problem in caught.value.fields] == ["photos"]
    assert photos.standing(room, city, one).state is PhotoState.KEPT


def test_of_two_complaints_that_want_the_same_photo_one_gets_it(room, database):
    photo = upload(room, encoded(scene(), "PNG"))
    tickets = [send(database)["ticket"] for _ in range(2)]
    told: list[str] = []
    together = threading.Barrier(2)

    def want(ticket: str) -> None:
        together.wait(10)
        try:
            given(room, ticket, [photo])
            told.append("given")
        except InvalidInput:
            told.append("refused")

    threads = [threading.Thread(target=want, args=(ticket,)) for ticket in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == ["given", "refused"]


def test_two_replies_at_once_number_their_photos_one_after_the_other(room, database):
    ticket = send(database)["ticket"]
    pairs = [
        [upload(room, encoded(scene(60 + 2 * n + k, 60), "PNG")) for k in range(2)]
        for n in range(4)
    ]
    together = threading.Barrier(4)
    faults: list[BaseException] = []

    def reply(ids: list[uuid.UUID]) -> None:
        together.wait(10)
        try:
            given(room, ticket, ids, private=True)
        except BaseException as problem:  # noqa: BLE001 - whatever it is
            faults.append(problem)

    threads = [threading.Thread(target=reply, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert faults == []
    with as_owner(database) as connection:
        places = connection.execute(
            text("SELECT position FROM geoapp.photo ORDER BY position")
        ).scalars()
        assert list(places) == list(range(1, 9))
