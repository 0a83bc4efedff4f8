"""What an audience hears is what row-level security shows its accounts, for any grants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.domain.access import StaffRole
from geoapp.domain.work_feed import Hears, Sight
from geoapp.store.database import Role
from geoapp.usecases import work_feed
from tests.asking import as_owner
from tests.complaint_rows import CITY
from tests.contracts.test_staff_scope import KINDS, grants, met
from tests.people import hire
from tests.staff_world import FAR, INSIDE, NEIGHBOUR, World, built, hire_with, seen

_IDS = text("SELECT id FROM geoapp.complaint_event ORDER BY id")
_MOVE = text("""
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)
    SELECT city_code, id, ticket, 'assignment', 'system', cast(:data AS jsonb)
    FROM geoapp.complaint WHERE ticket = :ticket
    RETURNING id
""")


@pytest.fixture(scope="module")
def world(cluster, jambi_template) -> Iterator[World]:
    with built(cluster, jambi_template) as world:
        yield world


def all_events(world):
    with as_owner(world.database) as connection:
        ids = list(connection.execute(_IDS).scalars())
    return work_feed.read(world.database, CITY, ids)


@met
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=st.lists(grants(), min_size=1, max_size=3))
def test_an_audience_hears_of_exactly_what_its_accounts_see(world, held):
    actor = hire_with(world, held)
    sight = Sight.of(actor)
    heard = {
        event.ticket
        for event in all_events(world).values()
        if event.before is None and sight.hears(event) is Hears.ALL
    }
    assert heard == seen(world, actor.account_id)["complaint"] == world.covered(actor)


def test_equal_grants_are_one_audience_and_others_have_another_mark(world):
    found: dict[str, Sight] = {}
    for held, _kind in KINDS:
        one, same = Sight.of(hire_with(world, held)), Sight.of(hire_with(world, held[::-1]))
        assert one == same
        assert one.mark == same.mark
        assert ":" not in one.mark
        assert found.setdefault(one.mark, one).everything == one.everything
    limited = {mark for mark, sight in found.items() if not sight.everything}
    assert len(limited) >= 12


def test_who_reads_nothing_is_no_audience(world):
    assert work_feed.sight_of(None) is None
    key = hire(world.database, "operator")
    assert work_feed.sight_of(key) == Sight(True, frozenset())
    assert work_feed.sight_of(type(key)(account_id=1, city_code=CITY, name="x", grants=())) is None


def move(world, ticket, data):
    with as_owner(world.database) as connection:
        number = connection.execute(_MOVE, {"ticket": ticket, "data": data}).scalar_one()
    return work_feed.read(world.database, CITY, [number])[number]


def officer(world, **grant):
    return Sight.of(hire(world.database, StaffRole.FIELD_OFFICER, **grant))


def test_new_boundaries_take_a_complaint_from_who_had_its_old_area(world):
    here = next(one for one in world.complaints if one.kelurahan_code == INSIDE)
    data = (
        f'{{"from": {{"agency": "{here.agency_code}", "kelurahan": "{FAR}"}},'
        f' "to": {{"agency": "{here.agency_code}", "kelurahan": "{INSIDE}"}}}}'
    )
    event = move(world, here.ticket, data)
    assert officer(world, kelurahan=[INSIDE]).hears(event) is Hears.ALL
    assert officer(world, kelurahan=[FAR]).hears(event) is Hears.GONE
    assert officer(world, kelurahan=[NEIGHBOUR]).hears(event) is Hears.NOTHING


def test_a_hand_over_takes_it_from_the_whole_agency_and_its_officers_there(world):
    here = next(
        one for one in world.complaints if one.kelurahan_code == INSIDE and one.agency_code == "dlh"
    )
    event = move(world, here.ticket, '{"agency_from": "pupr_sda", "agency_to": "dlh"}')
    # pupr_sda never held it by any decision: its place then isn't known, its agency is
    giver = Sight.of(hire(world.database, "agency_head", agency="pupr_sda"))
    assert giver.hears(event) is Hears.GONE
    assert officer(world, agency="pupr_sda", kelurahan=[INSIDE]).hears(event) is Hears.NOTHING
    assert Sight.of(hire(world.database, "agency_head", agency="dlh")).hears(event) is Hears.ALL
    other = Sight.of(hire(world.database, "agency_head", agency="pupr_bina_marga"))
    assert other.hears(event) is Hears.NOTHING


@pytest.mark.parametrize("role", [Role.VISITOR, Role.INTAKE, Role.STAFF, Role.ACCOUNTS])
def test_nobody_but_the_listener_reads_events_whole(world, role):
    """And it reads no complaint in any other way."""
    question = text("SELECT * FROM geoapp.feed_work('15.71', '{1}')")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.database.transaction(role, CITY) as connection,
    ):
        connection.execute(question)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.database.transaction(Role.LISTENER, CITY) as connection,
    ):
        connection.execute(text("SELECT geom FROM geoapp.complaint"))
