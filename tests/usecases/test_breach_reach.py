"""Whose reports an account in the wrong hands could read: where they lay then, not now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from geoapp.usecases import breach
from tests.asking import as_owner
from tests.casework import EMPTY, JELUTUNG_CODE, World
from tests.databases import clone, drop
from tests.people import hire

ELSEWHERE = "15.71.01.1001"
MINE, THEIRS = "pupr_bina_marga", "dlh"


@pytest.fixture(scope="module")
def built(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(built: World) -> World:
    with as_owner(built.database) as owner:
        owner.execute(EMPTY)
    return built


def change(world: World, statement: str, **values: Any) -> None:
    with as_owner(world.database) as owner:
        assert owner.execute(text(statement), values).rowcount > 0


def shift(world: World, ticket: str, **ages: int) -> None:
    """Put a report, and its decisions in turn, so many days back: ``came=9, then=5``."""
    now = world.database.now()
    moments = [now - timedelta(days=age) for age in ages.values()]
    world.set(ticket, "submitted_at = :at", at=moments[0])
    change(
        world,
        "UPDATE geoapp.assignment SET decided_at = turn.at"
        " FROM (SELECT id, (cast(:moments AS timestamptz[]))[row_number() OVER (ORDER BY id)] AS at"
        "       FROM geoapp.assignment WHERE complaint_id = :id) AS turn"
        " WHERE assignment.id = turn.id AND turn.at IS NOT NULL",
        moments=moments, id=world.row(ticket).id,
    )  # fmt: skip
    change(
        world,
        "UPDATE geoapp.complaint_event SET at = :at WHERE ticket = :ticket",
        at=moments[-1], ticket=ticket,
    )  # fmt: skip


def could_read(world: World, actor: Actor, first: int, last: int) -> int:
    """How many, from *first* days ago to *last* days ago."""
    now = world.database.now()

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    made = breach.look_into(
        world.database, world.city, accounts=[actor.account_id or 0],
        since=ago(first), until=ago(last), discovered_at=now, by="system",
    )  # fmt: skip
    return int(made.told["reach"]["complaints"])


def agency_admin(world: World, agency: str, **limits: Any) -> Actor:
    """Granted a month ago."""
    actor = hire(world.database, "agency_admin", agency=agency, **limits)
    granted(world, actor, 30)
    return actor


def granted(world: World, actor: Actor, since: int, until: int | None = None) -> None:
    now = world.database.now()
    change(
        world,
        "UPDATE geoapp.account_grant SET granted_at = :since, revoked_at = :until"
        " WHERE account_id = :id",
        since=now - timedelta(days=since),
        until=None if until is None else now - timedelta(days=until), id=actor.account_id,
    )  # fmt: skip


def handed_over(world: World, **ages: int) -> str:
    """A report of MINE that THEIRS has now."""
    ticket = world.new()
    world.act(world.operator, "hand_over", ticket, agency=THEIRS, reason="Bukan milik kami")
    shift(world, ticket, **ages)
    return ticket


def test_a_report_handed_over_since_counts_for_whom_had_it_and_for_whom_has_it(
    world: World,
) -> None:
    handed_over(world, came=10, handed=5)
    before, after = agency_admin(world, MINE), agency_admin(world, THEIRS)
    # within the span: both had it for a part of it
    assert (could_read(world, before, 7, 3), could_read(world, after, 7, 3)) == (1, 1)
    # before it: only the one that had it throughout
    assert (could_read(world, before, 4, 2), could_read(world, after, 4, 2)) == (0, 1)
    # after it: only the one that had it first
    assert (could_read(world, before, 9, 6), could_read(world, after, 9, 6)) == (1, 0)
    # before it came there was nothing to read
    assert (could_read(world, before, 20, 11), could_read(world, after, 20, 11)) == (0, 0)


def test_a_report_that_came_to_lie_in_another_kelurahan_counts_for_whom_had_the_first(
    world: World,
) -> None:
    ticket = world.new()
    change(
        world,
        "INSERT INTO geoapp.assignment (city_code, complaint_id, decided_by, reason, kelurahan_set,"
        " kelurahan_code, agency_code, method, ambiguous)"
        " SELECT city_code, id, 'system', 'boundaries changed', kelurahan_set, :other, agency_code,"
        " 'default', false FROM geoapp.complaint WHERE ticket = :ticket",
        other=ELSEWHERE, ticket=ticket,
    )  # fmt: skip
    world.set(ticket, "kelurahan_code = :other, kecamatan_code = '15.71.01'", other=ELSEWHERE)
    shift(world, ticket, came=10, moved=5)
    for there, elsewhere in (
        ({"kelurahan": [JELUTUNG_CODE]}, {"kelurahan": [ELSEWHERE]}),
        ({"kecamatan": ["15.71.08"]}, {"kecamatan": ["15.71.01"]}),
    ):
        before = agency_admin(world, MINE, **there)
        after = agency_admin(world, MINE, **elsewhere)
        assert (could_read(world, before, 7, 3), could_read(world, after, 7, 3)) == (1, 1)
        assert (could_read(world, before, 4, 2), could_read(world, after, 4, 2)) == (0, 1)
        assert (could_read(world, before, 9, 6), could_read(world, after, 9, 6)) == (1, 0)


def test_the_history_counts_where_decisions_do_not_tell(world: World) -> None:
    ticket = handed_over(world, came=10, handed=5)
    change(
        world,
        "DELETE FROM geoapp.assignment WHERE complaint_id = :id AND agency_code = :agency",
        id=world.row(ticket).id, agency=MINE,
    )  # fmt: skip
    assert could_read(world, agency_admin(world, MINE), 9, 6) == 1
    assert could_read(world, agency_admin(world, MINE), 4, 2) == 0


def test_a_service_area_stays_with_a_report_that_somebody_decided_by_hand(world: World) -> None:
    handed_over(world, came=10, handed=5)
    reader = hire(world.database, "field_officer", service_areas=["roads_city"])
    granted(world, reader, 30)
    assert could_read(world, reader, 4, 2) == 1


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(30, 1, 1), (30, 6, 1), (30, 8, 0), (4, None, 1), (1, None, 0), (8, 7, 0)],
)
def test_a_grant_counts_for_as_long_as_it_was_held_within_the_span(
    world: World, since: int, until: int | None, expected: int
) -> None:
    shift(world, world.new(), came=20)
    actor = agency_admin(world, MINE)
    granted(world, actor, since, until)
    assert could_read(world, actor, 7, 3) == expected


def test_a_grant_given_after_a_report_left_does_not_reach_it(world: World) -> None:
    handed_over(world, came=10, handed=5)
    actor = agency_admin(world, MINE)
    granted(world, actor, 4)
    assert could_read(world, actor, 7, 2) == 0
