from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.store.database import Database, Role
from geoapp.usecases import density
from tests.asking import as_owner
from tests.casework import World
from tests.complaint_rows import CITY
from tests.density_world import agree, attempt, spread


@pytest.fixture
def world(jambi: Database) -> World:
    return World.build(jambi)


class Clock:
    """The moment the worker counts for, moved by the test."""

    def __init__(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = now
        monkeypatch.setattr(density, "tile_moment", lambda _: self.now)


def readers(world: World) -> list[object]:
    return [None, world.operator, world.admin, world.officer]


def change(world: World, dice: random.Random) -> str:
    """Something that happens to a complaint, by the use cases; what it was."""
    with as_owner(world.database) as owner:
        ticket, agency = owner.execute(
            text(
                "SELECT ticket, agency_code FROM geoapp.complaint WHERE ticket LIKE 'JBI%'"
                " ORDER BY random() LIMIT 1"
            )
        ).one()
    what = dice.choice(
        ("submit", "submit", "verify", "assign", "start", "hold", "reject", "hand_over", "merge",
         "confidential", "public", "finish", "reopen")
    )  # fmt: skip
    if what == "submit":
        world.new(
            position=LonLat(103.58 + 0.06 * dice.random(), -1.65 + 0.06 * dice.random()),
            service=dice.choice(("pothole", "waste_burning", "drain_blocked")),
            confidential=dice.random() < 0.2,
        )
    elif what == "hand_over":
        attempt(world, world.operator, what, ticket, agency="dlh", reason="Bukan kami")
    elif what == "merge":
        with as_owner(world.database) as owner:
            lead = owner.execute(
                text(
                    "SELECT ticket FROM geoapp.complaint WHERE ticket LIKE 'JBI%'"
                    " AND ticket <> :ticket ORDER BY random() LIMIT 1"
                ),
                {"ticket": ticket},
            ).scalar()
        attempt(world, world.operator, what, ticket, lead=lead or "", reason="Sama")
    else:
        attempt(
            world, world.operator, what, ticket, reason="Alasan", text="Sudah", klass="answered",
            agency=agency,
        )  # fmt: skip
    return what


@pytest.mark.parametrize("turns", [6, pytest.param(60, marks=pytest.mark.long)])
def test_sums_equal_a_count_by_hand_whatever_happens_before_and_after_the_worker_caught_up(
    world: World, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    dice = random.Random(20260615)
    start = world.database.now()
    clock = Clock(start, monkeypatch)
    spread(world, 700, start)
    for _ in range(12):
        world.new(position=LonLat(103.58 + 0.06 * dice.random(), -1.65 + 0.06 * dice.random()))
    density.keep_up(world.database, world.city, most=200)
    answered = 0
    for turn in range(turns):
        for _ in range(dice.randint(1, 4)):
            change(world, dice)
        # before the worker caught up; asked for a moment of its own
        asked_for = clock.now + timedelta(minutes=dice.choice((0, 0, -7, 3, 600)))
        answered += agree(world, dice, asked_for, readers(world))
        if turn % 3 == 0:
            clock.now += timedelta(minutes=dice.choice((5, 20, 2000)))
        density.step(world.database, world.city, most=dice.choice((1, 2, 2000)))
        answered += agree(world, dice, asked_for, readers(world))
    assert answered > 6 * turns
    density.keep_up(world.database, world.city)
    assert density.verify(world.database, world.city) == []


def test_what_turns_confidential_is_gone_from_public_cells_at_once(world: World) -> None:
    start = world.database.now()
    spread(world, 50, start)
    density.keep_up(world.database, world.city)
    ticket = world.new()
    density.keep_up(world.database, world.city)
    assert world.row(ticket).confidential is False
    attempt(world, world.operator, "confidential", ticket, reason="Pelapor takut")
    assert world.row(ticket).confidential is True
    dice = random.Random(1)
    for _ in range(10):
        agree(world, dice, start, [None])
    density.keep_up(world.database, world.city)
    with world.database.transaction(Role.VISITOR, CITY) as visitor:
        shown = visitor.execute(
            text("SELECT sum(count) FROM geoapp.density_public_cell WHERE month = '-infinity'")
        ).scalar_one()
        seen = visitor.execute(
            text("SELECT count(*) FROM geoapp.complaint_public WHERE location_kind = 'point'")
        ).scalar_one()
    assert shown == seen


def test_a_step_killed_in_the_middle_changes_nothing_and_the_next_one_finishes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = world.database.now()
    spread(world, 300, start)

    class Killed(Exception):
        pass

    def put(*_: object) -> None:
        raise Killed

    # cells are written, what was counted is written, the state isn't: all or nothing
    for _ in range(4):
        density.step(world.database, world.city, most=100)
    real = density.density.put
    monkeypatch.setattr(density.density, "put", put)
    with pytest.raises(Killed):
        density.step(world.database, world.city, most=100)
    monkeypatch.setattr(density.density, "put", real)
    density.keep_up(world.database, world.city, most=100)
    assert density.verify(world.database, world.city) == []
    agree(world, random.Random(2), start, readers(world))


def test_a_rebuild_cut_short_is_carried_on_by_the_worker(world: World) -> None:
    start = world.database.now()
    spread(world, 300, start)
    density.keep_up(world.database, world.city)
    seen: list[tuple[int, int]] = []
    calls = iter(range(100))
    density.rebuild(
        world.database,
        world.city,
        progress=lambda done, of: seen.append((done, of)),
        stopping=lambda: next(calls) > 3,
        most=50,
    )
    world.new()
    assert seen
    density.keep_up(world.database, world.city, most=70)
    assert density.verify(world.database, world.city) == []


def test_verify_finds_a_cell_and_a_counted_complaint_that_were_changed(world: World) -> None:
    spread(world, 100, world.database.now())
    density.keep_up(world.database, world.city)
    with as_owner(world.database) as owner:
        owner.execute(
            text(
                "UPDATE geoapp.density_cell SET count = count + 1 WHERE ctid ="
                " (SELECT ctid FROM geoapp.density_cell LIMIT 1)"
            )
        )
        owner.execute(
            text(
                "UPDATE geoapp.density_total SET other_count = other_count + 1 WHERE ctid ="
                " (SELECT ctid FROM geoapp.density_total LIMIT 1)"
            )
        )
    found = {one.what: one.wrong for one in density.verify(world.database, world.city)}
    # a wrong entry differs on both sides: the one that is there, the one that should be
    assert found == {"cell": 2, "total": 2}
