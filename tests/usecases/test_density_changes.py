"""Changes of many at once, and at the same time as the worker counts."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.place import LonLat, TileId
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, audit, density
from tests.activating import EAST, STARTS, changing
from tests.asking import as_owner
from tests.casework import World
from tests.complaint_rows import CITY
from tests.density_world import Asked, agree, attempt, by_cells, by_hand, parsed, spread
from tests.spatial.test_tiles import tile_of
from tests.support import send

BLURRED = "waste_burning"


@pytest.fixture
def world(jambi: Database) -> World:
    return World.build(jambi)


def send_in(world: World, dice: random.Random, **changes: object) -> str:
    """A complaint somewhere in the squares of `tests.activating`."""
    place = LonLat(103.552 + 0.066 * dice.random(), -1.628 + 0.036 * dice.random())
    return str(send(world.database, position=place, **changes)["ticket"])


def test_new_boundaries_count_in_every_batch_and_when_all_is_brought_along(
    world: World, tmp_path: Path
) -> None:
    _, staged = changing(world.database, tmp_path)
    dice = random.Random(7)
    for number in range(60):
        send_in(world, dice, service=BLURRED if number % 2 else "pothole")
    # stays in its kelurahan, but is shown in one that goes to it
    send(world.database, position=LonLat(103.589, -1.6), service=BLURRED)
    with as_owner(world.database) as owner:
        # no grant names a code that is about to go
        owner.execute(
            text("UPDATE geoapp.account_grant SET revoked_at = now() WHERE kelurahan_codes <> '{}'")
        )
        # positions shown lie some way off, some in another square than the true one
        owner.execute(
            text(
                "UPDATE geoapp.complaint SET shown_within_m = 300, public_geom ="
                " ST_SetSRID(ST_MakePoint(ST_X(geom) + 0.0025, ST_Y(geom)), 4326),"
                " public_kelurahan_code = CASE WHEN ST_X(geom) + 0.0025 > 103.59 THEN :east"
                " ELSE public_kelurahan_code END"
                " WHERE service_code = :blurred"
            ),
            {"blurred": BLURRED, "east": EAST},
        )
    density.keep_up(world.database, world.city)
    marks = 0
    now = world.database.now()
    readers = [None, world.operator, world.admin, None]

    def check(_done: int, _of: int) -> None:
        nonlocal marks
        agree(world, dice, now, readers)
        with as_owner(world.database) as owner:
            marks = max(
                marks,
                owner.execute(text("SELECT count(*) FROM geoapp.density_mark")).scalar_one(),
            )

    activation.activate(
        world.database, world.city, staged, STARTS, other_codes=True, progress=check
    )
    # some moved for everybody else alone, without an event
    assert marks > 0
    for _ in range(6):
        agree(world, dice, now, readers)
    density.step(world.database, world.city, most=5)
    for _ in range(6):
        agree(world, dice, now, readers)
    density.keep_up(world.database, world.city)
    assert density.verify(world.database, world.city) == []
    with as_owner(world.database) as owner:
        assert owner.execute(text("SELECT count(*) FROM geoapp.density_mark")).scalar_one() == 0


def test_what_is_shown_elsewhere_without_an_event_is_marked_and_counted_there(
    world: World,
) -> None:
    ticket = world.new()
    density.keep_up(world.database, world.city)
    with as_owner(world.database) as owner:
        owner.execute(
            text("UPDATE geoapp.complaint SET public_kelurahan_code = NULL WHERE ticket = :ticket"),
            {"ticket": ticket},
        )
    # as somebody changed the table by hand: verify tells, a mark mends it
    assert [one.what for one in density.verify(world.database, world.city)] == ["counted"]
    with as_owner(world.database) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.density_mark (city_code, complaint_id)"
                " SELECT city_code, id FROM geoapp.complaint WHERE ticket = :ticket"
            ),
            {"ticket": ticket},
        )
    now = world.database.now()
    for _ in range(5):
        agree(world, random.Random(3), now, [None, world.operator])
    density.keep_up(world.database, world.city)
    assert density.verify(world.database, world.city) == []


def test_an_erased_report_is_counted_where_everybody_saw_it(world: World, tmp_path: Path) -> None:
    dice = random.Random(11)
    tickets = [world.new(service=BLURRED) for _ in range(5)]
    density.keep_up(world.database, world.city)
    audit.seal_all(world.database, world.city, tmp_path)
    with world.database.transaction(Role.WORKER, CITY) as worker:
        told = worker.execute(
            text("SELECT geoapp.erase_report('15.71', :ticket, 'citizen', 'r1')"),
            {"ticket": tickets[0]},
        ).scalar_one()
    assert told["tickets"] == [tickets[0]]
    now = world.database.now()
    for _ in range(6):
        agree(world, dice, now, [None, world.operator, world.admin])
    density.keep_up(world.database, world.city)
    assert density.verify(world.database, world.city) == []


@contextmanager
def snapshot(database: Database, role: str) -> Iterator[Connection]:
    """Every statement sees the same: the tile's and the one written by hand."""
    engine = create_engine(
        database.url.replace("//geoapp_app@", "//geoapp_owner@"),
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
    )
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(text("SELECT set_config('geoapp.city', '15.71', true)"))
        yield connection
    engine.dispose()


def test_while_complaints_come_in_and_the_worker_counts_every_snapshot_adds_up(
    world: World,
) -> None:
    start = world.database.now()
    spread(world, 200, start)
    density.keep_up(world.database, world.city)
    ended = threading.Event()
    problems: list[BaseException] = []

    def submit(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(25):
                ticket = world.new(
                    position=LonLat(103.58 + 0.06 * dice.random(), -1.65 + 0.06 * dice.random()),
                    confidential=dice.random() < 0.2,
                )
                if dice.random() < 0.6:
                    attempt(world, world.operator, "verify", ticket)
                if dice.random() < 0.3:
                    attempt(world, world.operator, "confidential", ticket, reason="Takut")
        except BaseException as problem:  # noqa: BLE001 - told by the test's own thread
            problems.append(problem)

    def count() -> None:
        try:
            while not ended.is_set():
                density.step(world.database, world.city, most=3)
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    writers = [threading.Thread(target=submit, args=(seed,)) for seed in range(3)]
    worker = threading.Thread(target=count)
    for thread in (*writers, worker):
        thread.start()
    tile: TileId = tile_of(103.6, -1.64, 10)
    now = start - timedelta(minutes=3)
    asked = Asked({"status": "all"}, [], {"now": now, "runs": ["submitted", "verified", "assigned",
                                                               "in_progress", "reopened"]})  # fmt: skip
    checked = 0
    while any(thread.is_alive() for thread in writers):
        with snapshot(world.database, "geoapp_visitor") as connection:
            told = by_cells(connection, world, parsed(asked, now, None), tile)
            assert told is not None
            cells, zoom = told
            assert cells == by_hand(connection, asked, tile, zoom, None)
            checked += 1
    ended.set()
    worker.join()
    assert not problems
    assert checked > 5
    density.keep_up(world.database, world.city)
    assert density.verify(world.database, world.city) == []
