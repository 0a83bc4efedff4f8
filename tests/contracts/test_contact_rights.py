"""Who is shown a reporter's contact: every role, in every area, of every complaint."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.domain.access import StaffRole
from geoapp.domain.contact import Contact, ContactRole
from geoapp.errors import Forbidden, InvalidInput, NotFound
from geoapp.settings import Settings
from geoapp.store.database import Role
from geoapp.usecases import contacts
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.complaint_rows import CITY
from tests.people import hire
from tests.staff_world import FAR, INSIDE, World, built
from tests.support import default_city

PHONE = "+6281200000001"
ACROSS = ("operator", "city_admin", "auditor")
"""Roles that work for the city rather than for an agency."""
HANDLE = ("operator", "agency_admin", "field_officer")
"""Roles that handle reports: they are shown contacts. Who only looks at the work isn't."""

LIMITS: list[dict[str, Any]] = [
    {"agency": "dlh"},
    {"kelurahan": [INSIDE]},
    {"kecamatan": ["15.71.08"]},
    {"service_areas": ["roads_city"]},
    {"agency": "pupr_bina_marga", "kelurahan": [INSIDE, FAR]},
    {"agency": "dlh", "service_areas": ["waste_city"]},
]
HELD: list[tuple[str, dict[str, Any]]] = [
    *((role, {}) for role in ACROSS),
    *(("field_officer", limits) for limits in LIMITS),
    *itertools.product(
        ("agency_admin", "agency_head"), [limits for limits in LIMITS if "agency" in limits]
    ),
]
"""Every grant there can be, by kind: the table refuses the rest."""


@pytest.fixture(scope="module")
def vault(tmp_path_factory) -> Vault:
    return Vault(Settings(home=tmp_path_factory.mktemp("home"), secret_key="test-only" * 8))


@pytest.fixture(scope="module")
def world(cluster, jambi_template, vault) -> Iterator[World]:
    """Every complaint has a contact; every other one, in each mix of flags, is anonymous."""
    with built(cluster, jambi_template) as world:
        with as_owner(world.database) as connection:
            connection.execute(text("UPDATE geoapp.complaint SET anonymous = id % 2 = 0"))
        city = default_city(world.database)
        for one in world.complaints:
            with world.database.transaction(Role.INTAKE, CITY, ticket=one.ticket) as connection:
                contact = Contact(name="Siti", phone=PHONE)
                contacts.keep(connection, vault, city, one.ticket, "reporter", contact, "id")
        yield world


def flags(world: World) -> dict[str, tuple[bool, bool]]:
    with as_owner(world.database) as connection:
        found = connection.execute(
            text("SELECT ticket, anonymous, confidential FROM geoapp.complaint")
        )
        return {row.ticket: (row.anonymous, row.confidential) for row in found}


_READ = text("""
    SELECT wanted.ticket FROM unnest(cast(:tickets AS text[])) AS wanted (ticket)
    CROSS JOIN LATERAL geoapp.read_contact('15.71', wanted.ticket, 'Menanyakan tempatnya')
""")
_ACCESSES = text("""
    SELECT complaint.ticket FROM geoapp.contact_access
    JOIN geoapp.complaint ON complaint.id = contact_access.complaint_id
    WHERE actor = :actor
""")


def test_every_role_is_asked():
    assert {role for role, _ in HELD} == {role.value for role in StaffRole}


@pytest.mark.parametrize(("role", "limits"), HELD)
def test_a_contact_is_shown_to_whom_handles_it_and_an_anonymous_ones_to_operators_alone(
    world, role, limits
):
    actor = hire(world.database, role, **limits)
    told = flags(world)
    expected = {
        one.ticket
        for one in world.complaints
        if role in HANDLE
        and actor.grants[0].covers(one)
        and (not told[one.ticket][0] or role == "operator")
    }
    assert bool(expected) == (role in HANDLE)
    tickets = [one.ticket for one in world.complaints]
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        shown = set(connection.execute(_READ, {"tickets": tickets}).scalars())
        standing = {
            ticket
            for ticket in tickets
            if connection.execute(
                text("SELECT may_read FROM geoapp.contact_standing('15.71', :ticket)"),
                {"ticket": ticket},
            ).scalar_one_or_none()
        }
    assert shown == expected
    assert standing == expected
    with as_owner(world.database) as connection:
        written = connection.execute(_ACCESSES, {"actor": actor.label}).scalars().all()
    assert sorted(written) == sorted(expected)


def test_an_auditor_who_is_an_officer_elsewhere_is_shown_contacts_there_alone(world):
    actor = hire(world.database, "auditor")
    officer = hire(world.database, "field_officer", kelurahan=[INSIDE])
    with as_owner(world.database) as connection:
        connection.execute(
            text("UPDATE geoapp.account_grant SET account_id = :to WHERE account_id = :from"),
            {"to": actor.account_id, "from": officer.account_id},
        )
    told = flags(world)
    tickets = [one.ticket for one in world.complaints]
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        shown = set(connection.execute(_READ, {"tickets": tickets}).scalars())
    assert shown == {
        one.ticket
        for one in world.complaints
        if officer.grants[0].covers(one) and not told[one.ticket][0]
    }


def test_an_account_that_was_switched_off_or_is_of_another_city_is_shown_nothing(world):
    actor = hire(world.database, "operator")
    tickets = [world.complaints[0].ticket]
    with world.database.transaction(Role.STAFF, "99.99", account=actor.account_id) as connection:
        assert connection.execute(_READ, {"tickets": tickets}).all() == []
    with as_owner(world.database) as connection:
        connection.execute(
            text("UPDATE geoapp.account SET active = false WHERE id = :id"),
            {"id": actor.account_id},
        )
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        assert connection.execute(_READ, {"tickets": tickets}).all() == []


def test_a_machine_reads_no_contact(world, vault):
    actor = hire(world.database, "operator")
    with as_owner(world.database) as connection:
        connection.execute(
            text("UPDATE geoapp.account SET kind = 'machine', email = NULL WHERE id = :id"),
            {"id": actor.account_id},
        )
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        found = connection.execute(_READ, {"tickets": [world.complaints[0].ticket]}).all()
    assert found == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
@pytest.mark.parametrize("verb", ["SELECT * FROM", "UPDATE", "DELETE FROM", "INSERT INTO"])
def test_no_role_but_the_worker_touches_contacts(world, role, verb):
    actor = hire(world.database, "city_admin")
    statement = {
        "UPDATE": "UPDATE geoapp.contact SET language = 'en'",
        "INSERT INTO": "INSERT INTO geoapp.contact (city_code, complaint_id, role)"
        " SELECT city_code, id, 'follower' FROM geoapp.complaint_public LIMIT 1",
    }.get(verb, f"{verb} geoapp.contact")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.database.transaction(role, CITY, account=actor.account_id) as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "function",
    [
        "keep_contact('15.71', :t, 'reporter', NULL, NULL, NULL, NULL, NULL, 'id', true, false)",
        "own_contact('15.71', :t)",
        "read_contact('15.71', :t, 'Menanyakan')",
        "contact_standing('15.71', :t)",
        "knows_reporter('15.71', false, 'dlh', NULL, NULL, NULL)",
    ],
)
def test_each_function_is_one_roles_alone(world, function):
    theirs = {
        "keep_contact": Role.INTAKE,
        "own_contact": Role.INTAKE,
        "read_contact": Role.STAFF,
        "contact_standing": Role.STAFF,
    }.get(function.split("(")[0])
    for role in Role:
        if role is theirs:
            continue
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            world.database.transaction(role, CITY) as connection,
        ):
            connection.execute(text(f"SELECT geoapp.{function}"), {"t": world.complaints[0].ticket})


def test_intake_reaches_the_contact_of_the_complaint_at_hand_alone(world, vault):
    one, other = world.complaints[:2]
    with world.database.transaction(Role.INTAKE, CITY, ticket=one.ticket) as connection:
        found = text("SELECT * FROM geoapp.own_contact('15.71', :ticket)")
        assert len(connection.execute(found, {"ticket": one.ticket}).all()) == 1
        assert connection.execute(found, {"ticket": other.ticket}).all() == []
        with pytest.raises(NotFound):
            contacts.keep(
                connection,
                vault,
                default_city(world.database),
                other.ticket,
                ContactRole.REPORTER,
                Contact(phone=PHONE),
                "id",
            )


def test_nobody_rewrites_who_looked(world):
    for role in (Role.STAFF, Role.ADMIN, Role.WORKER, Role.INTAKE):
        actor = hire(world.database, "city_admin")
        for statement in (
            "UPDATE geoapp.contact_access SET actor = 'account:1'",
            "DELETE FROM geoapp.contact_access",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                world.database.transaction(role, CITY, account=actor.account_id) as connection,
            ):
                connection.execute(text(statement))


def test_the_use_case_opens_it_and_says_why_it_does_not(world, vault):
    city, database = default_city(world.database), world.database
    told = flags(world)
    known = next(one for one in world.complaints if not told[one.ticket][0])
    anonymous = next(
        one
        for one in world.complaints
        if told[one.ticket][0] and one.agency_code == known.agency_code
    )
    operator = hire(database, "operator")
    officer = hire(database, "field_officer", agency=known.agency_code)
    found = contacts.read(database, vault, city, operator, anonymous.ticket, "Menanyakan tempat")
    assert (found.contact.name, found.contact.phone) == ("Siti", PHONE)
    assert contacts.read(database, vault, city, officer, known.ticket, "Janji temu").contact
    with pytest.raises(Forbidden, match="isn't shown"):
        contacts.read(database, vault, city, officer, anonymous.ticket, "Janji temu")
    with pytest.raises(NotFound):
        contacts.read(database, vault, city, operator, "JBI-NONE-NONE", "Janji temu")
    for purpose in ("", "  a ", "x" * 201, "a\x00bcd"):
        with pytest.raises(InvalidInput):
            contacts.read(database, vault, city, operator, known.ticket, purpose)
    with as_owner(database) as connection:
        last = connection.execute(
            text("SELECT purpose FROM geoapp.contact_access WHERE actor = :a"),
            {"a": operator.label},
        ).scalars().all()  # fmt: skip
    assert last == ["Menanyakan tempat"]


def test_a_dump_of_the_database_shows_no_contact(world):
    program = shutil.which("pg_dump")
    if program is None:
        pytest.skip("absent: pg_dump")
    url = world.database.engine.url.set(drivername="postgresql", username="geoapp_owner")
    dumped = subprocess.run(
        [program, "--data-only", "-n", "geoapp", url.render_as_string(hide_password=False)],
        capture_output=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert world.complaints[0].ticket.encode() in dumped
    for plain in (PHONE, PHONE[1:], "Siti"):
        assert plain.encode() not in dumped
        assert plain.encode().hex().encode() not in dumped
