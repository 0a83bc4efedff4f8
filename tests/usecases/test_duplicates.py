"""Likely duplicates: which pairs are proposed, in what order, who leads, what is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from geoapp.domain.duplicate import Pair, groups, leads
from geoapp.domain.place import LonLat
from geoapp.errors import Forbidden, InvalidInput, NotFound
from geoapp.store.database import Database
from geoapp.usecases import duplicates, support
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop
from tests.support import JELUTUNG

METRE = 1 / 110_574
"""Degrees of latitude that are a metre, at the equator (WGS 84)."""


@pytest.fixture(scope="module")
def staffed(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed):
    with as_owner(staffed.database) as connection:
        connection.execute(EMPTY)
    return staffed


def put(world, north_m=0.0, **changes):
    """The ticket of a complaint so many metres north of a place in Jelutung."""
    at = LonLat(JELUTUNG.lon, JELUTUNG.lat + north_m * METRE)
    return world.new(position=at, **changes)


def days_ago(world, ticket, days):
    world.set(ticket, "submitted_at = now() - make_interval(days => :days)", days=days)


def proposed(world, actor=None):
    """Each group as its tickets, the lead first."""
    found = duplicates.likely(world.database, world.city, actor or world.operator, limit=50)
    return [[found.complaints[one].ticket for one in group.members] for group in found.groups]


def test_two_close_by_are_proposed_with_the_older_to_lead(world):
    """Potholes are alike within 30 m."""
    first, second = put(world), put(world, 12)
    put(world, 500)
    [group] = duplicates.likely(world.database, world.city, world.operator, limit=9).groups
    assert proposed(world) == [[first, second]]
    [pair] = group.others
    assert pair.distance_m == pytest.approx(12, abs=0.1)  # the city's plane: 0.04 % at most
    assert pair.words == 1.0
    assert pair.same_service


@pytest.mark.parametrize(
    ("metres", "services", "alike"),
    [
        (29, ("pothole", "pothole"), True),
        (31, ("pothole", "pothole"), False),
        (55, ("pothole", "road_damaged"), True),  # the wider of 30 and 60 m
        (65, ("pothole", "road_damaged"), False),
        (5, ("pothole", "street_light_out"), False),  # other groups
        (149, ("street_light_out", "street_light_row_out"), True),  # 25 and 150 m
        (2, ("street_light_row_out", "street_light_row_out"), True),
    ],
)
def test_the_wider_radius_of_one_group_decides(world, metres, services, alike):
    put(world, service=services[0])
    put(world, metres, service=services[1])
    assert bool(proposed(world)) is alike


def test_only_what_is_open_and_recent_is_proposed(world):
    first, second = put(world), put(world, 5)
    for status in ("resolved", "closed", "rejected", "duplicate", "out_of_authority"):
        world.set(second, "status = :status", status=status)
        assert proposed(world) == []
    world.set(second, "status = 'in_progress'")
    assert proposed(world) == [[first, second]]
    days_ago(world, first, 100)
    assert proposed(world) == [[first, second]]  # an old one, told again today
    days_ago(world, first, 121)
    assert proposed(world) == []
    days_ago(world, first, 100)
    days_ago(world, second, 31)
    assert proposed(world) == []


def test_the_most_alike_come_first(world):
    """Far from each other: the same words at one place; other words; far and long ago."""
    same = [put(world, metres) for metres in (0, 1)]
    words = [
        put(world, 1000, description="Aspal mengelupas depan pasar"),
        put(world, 1001, description="Truk terperosok tadi malam"),
    ]
    far = [
        put(world, 2000, description="Aspal mengelupas depan pasar"),
        put(world, 2029, description="Truk terperosok tadi malam"),
    ]
    days_ago(world, far[0], 29)
    assert [sorted(group) for group in proposed(world)] == [
        sorted(same), sorted(words), sorted(far),
    ]  # fmt: skip


def test_more_supporters_lead_and_a_public_one_before_a_confidential_one(world):
    older, newer = put(world), put(world, 3)
    support.support(world.database, world.city, newer, "budi")
    assert proposed(world) == [[newer, older]]
    world.set(newer, "confidential = true")
    assert proposed(world) == [[older, newer]]


def test_several_are_gathered_around_one_and_each_stands_once(world):
    first, second, third = put(world), put(world, 10), put(world, 20)
    [group] = proposed(world)
    assert group[0] == first
    assert sorted(group) == sorted([first, second, third])


def test_what_was_found_different_is_not_proposed_again(world):
    first, second, third = put(world), put(world, 10), put(world, 20)
    duplicates.different(world.database, world.city, world.operator, [second, first])
    duplicates.different(world.database, world.city, world.operator, [first, second.lower()])
    duplicates.different(world.database, world.city, world.operator, [first, third])
    assert proposed(world) == [[second, third]]
    with as_owner(world.database) as connection:
        told = connection.execute(text("SELECT said_by FROM geoapp.not_duplicate")).scalars().all()
    assert told == [world.operator.label] * 2


def test_halves_of_one_complaint_are_not_proposed(world):
    whole = put(world)
    world.act(world.operator, "split", whole, service="road_damaged", text="Bahu jalan ambles")
    assert proposed(world) == []


def test_a_pile_on_one_coordinate_is_a_default_and_no_problem(world):
    for _ in range(21):
        put(world)
    assert proposed(world) == []


def test_a_merge_takes_the_pair_from_the_list(world):
    first, second = put(world), put(world, 5)
    world.act(world.operator, "merge", second, lead=first)
    assert proposed(world) == []


def test_only_who_triages_sees_the_list_or_adds_to_it(world):
    first, second = put(world), put(world, 5)
    for actor in (world.admin, world.officer, world.head, world.auditor):
        with pytest.raises(Forbidden):
            proposed(world, actor)
        with pytest.raises(Forbidden):
            duplicates.different(world.database, world.city, actor, [first, second])


def test_two_that_the_operator_sees_are_wanted(world):
    first = put(world)
    for tickets in ([first, first], [first]):
        with pytest.raises(InvalidInput):
            duplicates.different(world.database, world.city, world.operator, tickets)
    with pytest.raises(NotFound):
        duplicates.different(world.database, world.city, world.operator, [first, "JBI-0000-0000"])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        # Runs of three with two blanks before and one after each word, as pg_trgm counts them.
        ("lubang", "lubang", 1.0),
        # 16 and 13, of which 6 of "jalan" and lub, uba, ban, ang, "ng " are shared
        ("jalan berlubang", "Lubang: JALAN", 11 / 18),
        # 11 and 7, of which "amp" is shared
        ("lampu mati", "sampah", 1 / 17),
        ("", "lampu", 0.0),
    ],
)
def test_words_are_compared_as_the_trigram_extension_does(world, one, other, alike):
    with as_owner(world.database) as connection:
        told = connection.execute(
            text("SELECT geoapp.alike_words(geoapp.trigrams(:one), geoapp.trigrams(:other))"),
            {"one": one, "other": other},
        ).scalar_one()
    assert told == pytest.approx(alike)


def one(id_, *, supporters=0, day=1, confidential=False):
    return SimpleNamespace(
        id=id_, supporters=supporters, confidential=confidential,
        submitted_at=datetime(2026, 11, day, tzinfo=UTC),
    )  # fmt: skip


def pair(first, second, likeness):
    return Pair(first, second, 1.0, 1.0, 0.5, True, likeness)


def test_who_leads():
    assert leads(one(1, day=2), one(2, day=1)) == 2
    assert leads(one(1, day=2, supporters=1), one(2, day=1)) == 1
    assert leads(one(1, supporters=9, confidential=True), one(2)) == 2


def test_groups_hold_four_at_most_and_nobody_twice():
    known = {id_: one(id_) for id_ in range(1, 8)}
    star = [pair(1, other, 1 - other / 10) for other in range(2, 8)]
    found = groups(star, known)
    assert found[0].members == (1, 2, 3, 4)
    members = [member for group in found for member in group.members]
    assert len(members) == len(set(members))
