"""What staff sees and changes is what its grants cover: in psql and in any transaction."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError

from geoapp.domain.access import Permission, StaffRole, reach
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.store import work
from geoapp.store.database import STAFF_REACHES, Database, Role
from tests.asking import as_owner
from tests.complaint_rows import CITY, NOW
from tests.people import hire
from tests.staff_world import (
    AGENCIES,
    FAR,
    INSIDE,
    NEIGHBOUR,
    PLACES,
    SERVICE_AREAS,
    World,
    built,
    changes,
    hire_with,
    seen,
)


@pytest.fixture(scope="module")
def world(cluster, jambi_template) -> Iterator[World]:
    with built(cluster, jambi_template) as world:
        yield world


def psql(world: World, *commands: str) -> subprocess.CompletedProcess[str]:
    """Run *commands* in a real psql, as the login that the program uses."""
    program = shutil.which("psql")
    if program is None:
        pytest.skip("absent: psql")
    url = world.database.engine.url.set(drivername="postgresql")
    arguments = [part for command in commands for part in ("-c", command)]
    return subprocess.run(
        [program, "-X", "-At", "-v", "ON_ERROR_STOP=1", *arguments,
         url.render_as_string(hide_password=False)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


STAFF = ("geoapp_staff", *STAFF_REACHES)


@pytest.mark.parametrize("role", STAFF)
def test_in_psql_without_settings_a_role_of_staff_finds_nothing(world, role):
    tables = ("complaint", "complaint_work", "complaint_event", "assignment", "answer_template",
              "agency_digest", "account_grant", "admin_event")  # fmt: skip
    counts = (f"SELECT count(*) FROM geoapp.{table}" for table in tables)
    told = psql(world, f"SET ROLE {role}", *counts)
    assert (told.returncode, told.stdout.split()) == (0, ["SET", *"0" * len(tables)]), told.stderr


@pytest.mark.parametrize("table", ["complaint", "complaint_work", "complaint_event"])
def test_in_psql_the_login_alone_is_refused(world, table):
    told = psql(world, f"SELECT count(*) FROM geoapp.{table}")
    assert told.returncode != 0
    assert "permission denied" in told.stderr


@pytest.mark.parametrize("role", STAFF)
def test_in_psql_without_settings_a_role_of_staff_changes_and_deletes_nothing(world, role):
    told = psql(
        world,
        f"SET ROLE {role}",
        "UPDATE geoapp.complaint SET version = version",
        "DELETE FROM geoapp.complaint",
    )
    assert "UPDATE 0" in told.stdout
    assert "permission denied" in told.stderr


ROWS = {"complaint", "complaint_work", "complaint_event"}


def test_a_field_officer_reads_exactly_their_kelurahan_in_every_table(world):
    officer = hire(world.database, "field_officer", kelurahan=[INSIDE])
    expected = {one.ticket for one in world.complaints if one.kelurahan_code == INSIDE}
    found = seen(world, officer.account_id)
    assert len(expected) == 9
    assert {name: found[name] for name in ROWS} == dict.fromkeys(ROWS, expected)
    assert found["assignment"] == {
        one.id for one in world.complaints if one.kelurahan_code == INSIDE
    }


def test_a_field_officer_changes_exactly_their_kelurahan(world):
    officer = hire(world.database, "field_officer", kelurahan=[INSIDE])
    changed = changes(world, officer)
    assert changed == {one.ticket for one in world.complaints if one.kelurahan_code == INSIDE}
    with world.database.transaction(Role.STAFF, CITY, account=officer.account_id) as connection:
        for one in world.complaints:
            moved = connection.execute(
                text("SELECT geoapp.hand_over('15.71', :id, -1, 'dlh')"),
                {"id": one.id},
            ).scalar_one()
            assert moved is False  # no complaint has version -1; none outside is told apart


def test_a_used_connection_keeps_nothing_of_who_used_it_before(world):
    one = Database(world.database.url, pool_size=1)
    lone = World(one, world.complaints)
    boss = hire(one, "operator")
    officer = hire(one, "field_officer", kelurahan=[INSIDE])
    admin = hire(one, "agency_admin", agency="dlh")
    backends = set()
    for _ in range(2):
        for actor in (boss, officer, admin, officer, boss):
            assert seen(lone, actor.account_id)["complaint"] == world.covered(actor)
            with one.transaction(Role.STAFF, CITY) as connection:  # nobody
                backends.add(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
                assert connection.execute(text("SELECT FROM geoapp.complaint")).rowcount == 0
            with one.engine.connect() as connection:  # whatever a pooler hands on
                held = connection.execute(
                    text(
                        "SELECT coalesce(current_setting('geoapp.reads_all', true), '')"
                        " || coalesce(current_setting('geoapp.account', true), '')"
                        " || current_user"
                    )
                ).scalar_one()
                assert held == "geoapp_app"
    assert len(backends) == 1
    one.dispose()


def test_who_fails_in_the_middle_leaves_nothing_behind_either(world):
    one = Database(world.database.url, pool_size=1)
    boss = hire(one, "operator")

    def fail() -> None:
        with one.transaction(Role.STAFF, CITY, account=boss.account_id) as connection:
            connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DataError, match="division by zero"):
        fail()
    with one.transaction(Role.STAFF, CITY) as connection:
        assert connection.execute(text("SELECT FROM geoapp.complaint")).rowcount == 0
    one.dispose()


@pytest.fixture(scope="module")
def elsewhere(world) -> str:
    """Another city on the same server."""
    with as_owner(world.database) as connection:
        connection.execute(
            text("""
                INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,
                                         ticket_prefix, centre, envelope)
                SELECT '99.99', 'elsewhere', 'Kota Lain', 'Elsewhere', timezone, metric_srid,
                       locale, 'LAI', centre, envelope
                FROM geoapp.city WHERE code = '15.71'
            """)
        )
    return "99.99"


def test_an_account_of_another_city_finds_nothing_here_nor_there(world, elsewhere):
    stranger = hire(world.database, "operator", city=elsewhere)
    assert set(map(frozenset, seen(world, stranger.account_id).values())) == {frozenset()}
    own = hire(world.database, "operator")
    assert set(map(frozenset, seen(world, own.account_id, elsewhere).values())) == {frozenset()}


def test_accounts_that_were_switched_off_or_never_were_find_nothing(world):
    leaver = hire(world.database, "operator")
    revoked = hire(world.database, "operator")
    with as_owner(world.database) as connection:
        values = {"off": leaver.account_id, "revoked": revoked.account_id}
        connection.execute(text("UPDATE geoapp.account SET active = false WHERE id = :off"), values)
        connection.execute(
            text("UPDATE geoapp.account_grant SET revoked_at = now() WHERE account_id = :revoked"),
            values,
        )
    for account in (leaver.account_id, revoked.account_id, 987_654_321, None):
        assert seen(world, account)["complaint"] == set()


def test_heads_admins_and_auditors_look_and_do_not_touch(world):
    for role, grant in (
        ("agency_head", {"agency": "dlh"}), ("city_admin", {}), ("auditor", {}),
    ):  # fmt: skip
        actor = hire(world.database, role, **grant)
        assert seen(world, actor.account_id)["complaint"] == world.covered(actor) != set()
        assert changes(world, actor) == set()


agencies = st.sampled_from(AGENCIES)
areas = st.fixed_dictionaries(
    {},
    optional={
        "kelurahan": st.sets(st.sampled_from(PLACES[:3]), min_size=1),
        "kecamatan": st.sets(st.sampled_from(["15.71.07", "15.71.08", "15.71.01"]), min_size=1),
        "service_areas": st.sets(st.sampled_from(SERVICE_AREAS[:2]), min_size=1),
    },
)


@st.composite
def grants(draw: st.DrawFn) -> dict[str, Any]:
    """A grant that the table's own checks allow."""
    role = draw(st.sampled_from(list(StaffRole)))
    if role in {StaffRole.OPERATOR, StaffRole.CITY_ADMIN, StaffRole.AUDITOR}:
        return {"role": role}
    where = draw(areas)
    if role is not StaffRole.FIELD_OFFICER or not where or draw(st.booleans()):
        where["agency"] = draw(agencies)
    return {"role": role, **where}


_IN_SCOPE = text("""
    SELECT one.ticket
    FROM unnest(:tickets, :agencies, :kelurahan, :kecamatan, :areas)
         AS one (ticket, agency, kelurahan, kecamatan, area)
    WHERE geoapp.in_scope(:verb, one.agency, one.kelurahan, one.kecamatan, one.area)
""")
WRITING = {StaffRole.OPERATOR, StaffRole.AGENCY_ADMIN, StaffRole.FIELD_OFFICER}


WHOLE = {"role": StaffRole.AGENCY_HEAD, "agency": "dlh"}
HERE = {"role": StaffRole.FIELD_OFFICER, "kelurahan": {INSIDE, FAR}}
OFFICER = HERE | {"agency": "dlh"}
BESIDE = OFFICER | {"kelurahan": {NEIGHBOUR}}
KINDS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"role": StaffRole.OPERATOR}], "everything"),
    ([{"role": StaffRole.AUDITOR}, OFFICER], "everything"),
    ([WHOLE], "agency"),
    ([WHOLE, {"role": StaffRole.AGENCY_ADMIN, "agency": "dlh"}], "agency"),
    ([HERE], "kelurahan"),
    ([HERE, HERE | {"kelurahan": {NEIGHBOUR}}], "kelurahan"),
    ([OFFICER], "agency_kelurahan"),
    ([OFFICER, BESIDE], "agency_kelurahan"),
    ([OFFICER, BESIDE | {"agency": "pupr_sda"}], "mixed"),
    ([OFFICER, BESIDE | {"kelurahan": set(), "kecamatan": {"15.71.08"}}], "mixed"),
    ([OFFICER | {"service_areas": {"roads_city"}}], "mixed"),
    ([WHOLE, WHOLE | {"agency": "pupr_sda"}], "mixed"),
    ([WHOLE, HERE], "mixed"),
    ([WHOLE, BESIDE], "mixed"),
    ([HERE, BESIDE], "mixed"),
    ([{"role": StaffRole.FIELD_OFFICER, "kecamatan": {"15.71.08"}}], "mixed"),
    ([{"role": StaffRole.FIELD_OFFICER, "service_areas": {"roads_city"}}], "mixed"),
]
"""Grants of every kind of reach, and which it is: the shortest policy that says all of them."""


@pytest.mark.parametrize(("held", "kind"), KINDS)
def test_whoever_acts_takes_the_role_of_their_kind_of_reach(world, held, kind):
    actor = hire_with(world, held)
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        assert _me(connection) == f"geoapp_staff_{kind}"
        with connection.begin_nested():  # kept in a savepoint and after it
            assert _me(connection) == f"geoapp_staff_{kind}"
        assert _me(connection) == f"geoapp_staff_{kind}"
    with world.database.transaction(Role.ADMIN, CITY, account=actor.account_id) as connection:
        assert _me(connection) == "geoapp_admin"
    with world.database.transaction(Role.STAFF, CITY, account=987_654_321) as connection:
        assert _me(connection) == "geoapp_staff"


def _me(connection: Connection) -> str:
    return str(connection.execute(text("SELECT current_user")).scalar_one())


@pytest.mark.parametrize(("held", "kind"), KINDS)
def test_a_role_of_another_reach_shows_nobody_more_than_their_grants(world, held, kind):
    actor = hire_with(world, held)
    covered = world.covered(actor)
    assert covered
    for role in STAFF:
        found = seen(world, actor.account_id, role=role)
        assert found["complaint"] <= covered, role
        assert found["complaint_event"] <= covered, role
        assert changes(world, actor, role=role) <= covered, role
        if role == "geoapp_staff" or (role.endswith("everything") and kind != "everything"):
            assert set(map(frozenset, found.values())) == {frozenset()}, role
        if role in {f"geoapp_staff_{kind}", "geoapp_staff_mixed"}:
            assert found["complaint"] == covered


def test_each_role_of_staff_has_one_policy_for_reading_complaints(world):
    with as_owner(world.database) as connection:
        members = connection.execute(
            text(
                "SELECT member::regrole::text FROM pg_auth_members"
                " WHERE roleid = 'geoapp_staff'::regrole AND member::regrole::text NOT IN"
                " ('geoapp_app', 'geoapp_owner')"
            )
        ).scalars()
        assert sorted(members) == sorted(STAFF_REACHES)
        policies = connection.execute(
            text(
                "SELECT roles::text[] FROM pg_policies WHERE schemaname = 'geoapp'"
                " AND tablename = 'complaint' AND cmd IN ('SELECT', 'ALL')"
            )
        ).scalars()
        named = [role for roles in policies for role in roles if role.startswith("geoapp_staff")]
    assert sorted(named) == sorted(STAFF_REACHES)


def met(test: Any) -> Any:
    """*test* with an example of every kind of reach, whatever the dice bring."""
    for held, _ in KINDS:
        test = example(held=held)(test)
    return test


@met
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=st.lists(grants(), min_size=1, max_size=3))
def test_policies_functions_filter_and_domain_agree_on_any_grants(world, held):
    actor = hire_with(world, held)
    writable = {
        one.ticket
        for one in world.complaints
        for grant in actor.grants
        if grant.role in WRITING and grant.covers(one)
    }
    assert seen(world, actor.account_id)["complaint"] == world.covered(actor)
    assert changes(world, actor) == writable
    columns = {
        "tickets": [one.ticket for one in world.complaints],
        "agencies": [one.agency_code for one in world.complaints],
        "kelurahan": [one.kelurahan_code for one in world.complaints],
        "kecamatan": [one.kecamatan_code for one in world.complaints],
        "areas": [one.service_area_code for one in world.complaints],
    }
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        for verb, expected in (("reads", world.covered(actor)), ("writes", writable)):
            told = connection.execute(_IN_SCOPE, columns | {"verb": verb})
            assert set(told.scalars()) == expected
    # The conditions that the list adds for the indexes' sake: they hide nothing, and are all of
    # it where the policy isn't looked up in an index by itself.
    wanted = WorkFilter(now=NOW, reach=reach(actor, Permission.READ))
    assert listed(world, Role.STAFF, wanted, actor.account_id) == world.covered(actor)
    bare = listed(world, Role.WORKER, wanted)
    assert bare >= world.covered(actor)
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        looked_up = _me(connection).endswith("kelurahan")
    assert looked_up or bare == world.covered(actor)


def listed(world: World, role: Role, wanted: WorkFilter, account: int | None = None) -> set[str]:
    """Tickets on the work list."""
    with world.database.transaction(role, CITY, account=account) as connection:
        page = work.page(connection, CITY, wanted, Sort.NEWEST, limit=1000)
    return {one.ticket for one in page.complaints}
