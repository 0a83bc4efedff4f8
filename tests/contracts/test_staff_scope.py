"""What staff sees and changes is what its grants cover: in psql and in any transaction."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DataError

from geoapp.domain.access import Actor, Grant, Permission, StaffRole, reach
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.store import work
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.complaint_rows import CITY, NOW
from tests.people import hire
from tests.staff_world import AGENCIES, INSIDE, PLACES, SERVICE_AREAS, World, built, changes, seen


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


@pytest.mark.parametrize(
    "table",
    ["complaint", "complaint_work", "complaint_event", "assignment", "answer_template",
     "agency_digest", "account_grant", "admin_event"],
)  # fmt: skip
def test_in_psql_without_settings_the_staff_role_finds_nothing(world, table):
    told = psql(world, "SET ROLE geoapp_staff", f"SELECT count(*) FROM geoapp.{table}")
    assert (told.returncode, told.stdout.split()) == (0, ["SET", "0"]), told.stderr


@pytest.mark.parametrize("table", ["complaint", "complaint_work", "complaint_event"])
def test_in_psql_the_login_alone_is_refused(world, table):
    told = psql(world, f"SELECT count(*) FROM geoapp.{table}")
    assert told.returncode != 0
    assert "permission denied" in told.stderr


def test_in_psql_without_settings_the_staff_role_changes_and_deletes_nothing(world):
    told = psql(
        world,
        "SET ROLE geoapp_staff",
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


_MORE = text("""
    INSERT INTO geoapp.account_grant (city_code, account_id, role, agency_code, kelurahan_codes,
                                      kecamatan_codes, service_area_codes, granted_by)
    VALUES ('15.71', :account, :role, :agency, :kelurahan, :kecamatan, :service_areas, 'test')
""")
_IN_SCOPE = text("""
    SELECT one.ticket
    FROM unnest(:tickets, :agencies, :kelurahan, :kecamatan, :areas)
         AS one (ticket, agency, kelurahan, kecamatan, area)
    WHERE geoapp.in_scope(:verb, one.agency, one.kelurahan, one.kecamatan, one.area)
""")
WRITING = {StaffRole.OPERATOR, StaffRole.AGENCY_ADMIN, StaffRole.FIELD_OFFICER}


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
    # The conditions that the list adds for the indexes' sake, without any policy.
    wanted = WorkFilter(now=NOW, reach=reach(actor, Permission.READ))
    with world.database.transaction(Role.WORKER, CITY) as connection:
        page = work.page(connection, CITY, wanted, Sort.NEWEST, limit=1000)
    assert {one.ticket for one in page.complaints} == world.covered(actor)


def hire_with(world: World, held: list[dict[str, Any]]) -> Actor:
    """An account with several grants."""
    first = hire(world.database, **held[0])
    with as_owner(world.database) as connection:
        for grant in held[1:]:
            connection.execute(
                _MORE,
                {
                    "account": first.account_id,
                    "role": grant["role"],
                    "agency": grant.get("agency"),
                    **{
                        name: sorted(grant.get(name, ()))
                        for name in ("kelurahan", "kecamatan", "service_areas")
                    },
                },
            )
    return Actor(
        account_id=first.account_id,
        city_code=CITY,
        name=first.name,
        grants=tuple(
            Grant(
                role=StaffRole(grant["role"]),
                agency_code=grant.get("agency"),
                kelurahan=frozenset(grant.get("kelurahan", ())),
                kecamatan=frozenset(grant.get("kecamatan", ())),
                service_areas=frozenset(grant.get("service_areas", ())),
            )
            for grant in held
        ),
    )
