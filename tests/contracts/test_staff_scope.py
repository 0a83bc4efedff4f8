"""What staff sees and changes is what its grants cover: in psql, in every endpoint, always."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DataError

from geoapp.app import create_app
from geoapp.domain.access import ALLOWED, Actor, Grant, Permission, StaffRole, reach
from geoapp.domain.place import TileId
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.settings import Settings
from geoapp.store import work
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.complaint_rows import CITY, NOW
from tests.databases import clone, drop
from tests.people import csrf_token, hire, sign_in
from tests.work_rows import put

INSIDE = "15.71.08.1006"  # Jelutung
NEIGHBOUR = "15.71.08.1001"  # in the same kecamatan
FAR = "15.71.07.1002"
PLACES = (INSIDE, NEIGHBOUR, FAR, None)
SERVICES = ("pothole", "waste_burning", "drain_blocked")
AGENCIES = ("pupr_bina_marga", "dlh", "pupr_sda")
SERVICE_AREAS = ("roads_city", "waste_city", None)
TILE = TileId(14, 12907, 8265)


@dataclass(frozen=True)
class Stored:
    """A complaint as grants are compared with it."""

    ticket: str
    id: int
    agency_code: str
    kelurahan_code: str | None
    kecamatan_code: str | None
    service_area_code: str | None


@dataclass(frozen=True)
class World:
    database: Database
    complaints: tuple[Stored, ...]

    def covered(self, actor: Actor, permission: Permission = Permission.READ) -> set[str]:
        """Tickets that the domain says *actor* may do this with."""
        return {
            one.ticket
            for one in self.complaints
            for grant in actor.grants
            if permission in ALLOWED[grant.role] and grant.covers(one)
        }


_DECIDED = text("""
    INSERT INTO geoapp.assignment (city_code, complaint_id, decided_by, agency_code, method,
                                   ambiguous, kelurahan_set, kelurahan_code)
    SELECT city_code, id, 'system', agency_code, 'covers', false, kelurahan_set, kelurahan_code
    FROM geoapp.complaint
""")


@pytest.fixture(scope="module")
def world(cluster, jambi_template) -> Iterator[World]:
    """Every mix of place, agency and service area, in three statuses, some confidential."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    stored = []
    with as_owner(database) as connection:
        area_set = connection.execute(
            text("SELECT id FROM geoapp.boundary_set WHERE layer = 'service_area'")
        ).scalar_one()
        number = 0
        for place in PLACES:
            for service, agency in zip(SERVICES, AGENCIES, strict=True):
                for area in SERVICE_AREAS:
                    number += 1
                    row = put(
                        connection,
                        service=service,
                        kelurahan=place,
                        lon=103.605 + number * 1e-4,
                        lat=-1.605,
                        status=("assigned", "in_progress", "submitted")[number % 3],
                        confidential=number % 5 == 0,
                        service_area_set=area_set if area else None,
                        service_area_code=area,
                    )
                    assert row["agency_code"] == agency
                    stored.append(
                        Stored(row["ticket"], row["id"], agency, place, row["kecamatan_code"], area)
                    )
        connection.execute(_DECIDED)
    yield World(database, tuple(stored))
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def app(world, tmp_path_factory) -> Iterator[Flask]:
    home: Path = tmp_path_factory.mktemp("home")
    app = create_app(
        Settings(home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8),
        world.database,
    )
    yield app
    app.extensions["geoapp"].hub.close()


def seen(world: World, account: int | None, city: str = CITY) -> dict[str, set[Any]]:
    """What a transaction of the staff role finds, table by table, without any filter."""
    with world.database.transaction(Role.STAFF, city, account=account) as connection:
        return {
            name: set(connection.execute(text(question)).scalars())
            for name, question in {
                "complaint": "SELECT ticket FROM geoapp.complaint",
                "complaint_work": "SELECT ticket FROM geoapp.complaint_work",
                "complaint_event": "SELECT ticket FROM geoapp.complaint_event",
                "assignment": "SELECT complaint_id FROM geoapp.assignment",
            }.items()
        }


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
                text("SELECT geoapp.hand_over('15.71', :id, -1, 'dlh', 'assigned')"),
                {"id": one.id},
            ).scalar_one()
            assert moved is False  # no complaint has version -1; none outside is told apart


def changes(world: World, actor: Actor) -> set[str]:
    """Tickets that an UPDATE of everything reaches; nothing stays changed."""
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        tried = connection.begin_nested()
        found = connection.execute(
            text("UPDATE geoapp.complaint SET version = version + 1 RETURNING ticket")
        )
        tickets = set(found.scalars())
        tried.rollback()
    return tickets


def entered(app: Flask, actor: Actor) -> tuple[FlaskClient, dict[str, str]]:
    client = app.test_client()
    sign_in(client, actor)
    return client, {"X-CSRFToken": csrf_token(client, "/account")}


@pytest.fixture(scope="module")
def officer(world) -> Actor:
    return hire(world.database, "field_officer", kelurahan=[INSIDE])


@pytest.fixture(scope="module")
def inside(world) -> set[str]:
    return {one.ticket for one in world.complaints if one.kelurahan_code == INSIDE}


@pytest.fixture(scope="module")
def outside(world, inside) -> set[str]:
    return {one.ticket for one in world.complaints} - inside


FILTERS = (
    "", "sort=newest", "sort=near&near=103.6,-1.6", f"kelurahan={FAR}", "kecamatan=15.71.08",
    "agency=dlh", "status=all", "bbox=103,-2,104,-1", "officer=none", "service_area=roads_city",
    "polygon=103,-2,104,-2,104,-1,103,-1", "near=103.6,-1.6&within_m=50000", "deadline=overdue",
)  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_the_list_of_an_officer_never_leaves_their_kelurahan(app, officer, inside, query):
    client, _ = entered(app, officer)
    found = client.get(f"/api/v1/work/complaints?limit=1000&{query}").get_json()
    tickets = {feature["id"] for feature in found["features"]}
    assert tickets <= inside
    assert found["numberMatched"] == len(tickets)
    if query in {"", "sort=newest", "sort=near&near=103.6,-1.6", "bbox=103,-2,104,-1"}:
        assert tickets == inside


def test_the_pages_of_a_list_together_are_the_officers_kelurahan(app, officer, inside):
    client, _ = entered(app, officer)
    address: str | None = "/api/v1/work/complaints?limit=2"
    tickets: list[str] = []
    while address:
        page = client.get(address).get_json()
        tickets += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"]), None)
    assert sorted(tickets) == sorted(inside)


def test_a_case_and_its_polygons_are_there_inside_and_nowhere_else(app, officer, inside, outside):
    client, _ = entered(app, officer)
    for way in ("", "/area"):
        told = {
            ticket: client.get(f"/api/v1/work/complaints/{ticket}{way}").status_code
            for ticket in inside | outside
        }
        assert told == dict.fromkeys(inside, 200) | dict.fromkeys(outside, 404)


def test_a_ticket_outside_and_one_that_never_was_are_told_the_same(app, officer, outside):
    client, _ = entered(app, officer)
    hidden = client.get(f"/api/v1/work/complaints/{min(outside)}")
    never = client.get("/api/v1/work/complaints/JBI-3333-3333")
    assert hidden.get_json() == never.get_json()


def test_the_tile_of_an_officer_shows_their_kelurahan(app, officer, inside):
    client, _ = entered(app, officer)
    answer = client.get(f"/tiles/work/{TILE.z}/{TILE.x}/{TILE.y}.mvt?status=all")
    points = mapbox_vector_tile.decode(answer.data)["points"]["features"]
    assert {point["properties"]["ticket"] for point in points} == inside


def test_a_tile_known_to_one_account_is_not_unchanged_for_another(app, world, officer):
    address = f"/tiles/work/{TILE.z}/{TILE.x}/{TILE.y}.mvt?status=all"
    operator, _ = entered(app, hire(world.database, "operator"))
    tag = operator.get(address).headers["ETag"]
    assert operator.get(address, headers={"If-None-Match": tag}).status_code == 304
    client, _ = entered(app, officer)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def versions(world: World) -> dict[str, int]:
    with as_owner(world.database) as connection:
        return dict(connection.execute(text("SELECT ticket, version FROM geoapp.complaint")).all())


def test_steps_one_by_one_reach_the_officers_kelurahan_alone(app, world, officer, inside, outside):
    client, token = entered(app, officer)
    before = versions(world)
    for ticket in sorted(inside | outside):
        answer = client.post(
            f"/api/v1/work/complaints/{ticket}/steps",
            json={"step": "note", "version": before[ticket], "text": "seen"},
            headers=token,
        )
        assert answer.status_code == (200 if ticket in inside else 404), answer.get_json()
    after = versions(world)
    assert {ticket for ticket in before if after[ticket] != before[ticket]} == inside


def test_steps_in_bulk_reach_the_officers_kelurahan_alone(app, world, officer, inside, outside):
    client, token = entered(app, officer)
    before = versions(world)
    answer = client.post(
        "/api/v1/work/steps",
        json={
            "step": "note",
            "text": "seen together",
            "complaints": [
                {"ticket": ticket, "version": before[ticket]} for ticket in sorted(before)
            ],
        },
        headers=token,
    )
    results = {one["ticket"]: one["ok"] for one in answer.get_json()["results"]}
    assert results == dict.fromkeys(inside, True) | dict.fromkeys(outside, False)
    after = versions(world)
    assert {ticket for ticket in before if after[ticket] != before[ticket]} == inside


def test_figures_digest_and_administration_are_not_the_officers(app, officer):
    client, _ = entered(app, officer)
    for address in (
        "/api/v1/work/numbers?agency=dlh", "/api/v1/work/digest?agency=dlh", "/admin", "/audit",
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address


def test_the_public_feed_and_list_show_an_officer_what_everybody_sees(app, world, officer):
    """They read the public view whoever asks: nothing confidential, even inside."""
    client, _ = entered(app, officer)
    shown = client.get("/api/v1/complaints?limit=1000").get_json()
    with as_owner(world.database) as connection:
        public = set(
            connection.execute(
                text("SELECT ticket FROM geoapp.complaint WHERE NOT confidential")
            ).scalars()
        )
    assert {feature["id"] for feature in shown["features"]} == public


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
