"""Nobody writes history in another's name, and no role has rights that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.domain.access import Actor
from geoapp.domain.answers import DISPUTE_DAYS
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role
from geoapp.usecases import accounts, door, work
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.support import default_city, send

CITY = "15.71"
EVENT = (
    "INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor{0})"
    " OVERRIDING SYSTEM VALUE VALUES ('15.71', :id, :ticket, :kind, :status, :actor{1})"
)
DECISION = (
    "INSERT INTO geoapp.assignment"
    " (city_code, complaint_id, decided_by, agency_code, method, ambiguous{0})"
    " VALUES ('15.71', :id, :actor, 'dlh', 'manual', false{1})"
)
LOGGED = (
    "INSERT INTO geoapp.admin_event (city_code, actor, kind, subject{0})"
    " OVERRIDING SYSTEM VALUE VALUES ('15.71', :actor, :kind, :subject{1})"
)


@dataclass(frozen=True)
class Town:
    """Two complaints as they were sent, and who works here."""

    database: Database
    one: dict[str, Any]
    other: dict[str, Any]
    operator: Actor
    admin: Actor
    colleague: Actor

    def attempt(
        self,
        role: Role,
        command: str,
        by: Actor | None = None,
        at_hand: str = "",
        /,
        **values: Any,
    ) -> Any:
        """Rows of *command* as *role* acting for *by*; nothing stays of it.

        None when the database says that it isn't allowed; other errors are passed on.
        """
        account = by.account_id if by else None
        try:
            with self.database.transaction(
                role, CITY, ticket=at_hand, account=account
            ) as connection:
                found = connection.execute(text(command), values)
                rows = found.scalars().all() if found.returns_rows else found.rowcount
                connection.rollback()
        except ProgrammingError as problem:
            if getattr(problem.orig, "pgcode", "") != "42501":
                raise
            return None
        return rows


@pytest.fixture(scope="module")
def town(cluster: Cluster, jambi_template: str) -> Iterator[Town]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    tickets = [send(database)["ticket"] for _ in range(2)]
    with database.transaction(Role.WORKER, CITY) as connection:
        ids = dict(
            tuple(row)
            for row in connection.execute(text("SELECT ticket, id FROM geoapp.complaint"))
        )
    one, other = ({"ticket": ticket, "id": ids[ticket]} for ticket in tickets)
    people = (hire(database, role) for role in ("operator", "city_admin", "operator"))
    yield Town(database, one, other, *people)
    database.dispose()
    drop(cluster, name)


WRONG_TIMES = [(", at", ", '2020-01-01'"), (", xid", ", '5'"), (", id", ", 5")]


def note(town: Town, **changes: Any) -> dict[str, Any]:
    """What a note of the operator's has in its row."""
    return town.one | {"kind": "note", "status": None, "actor": town.operator.label} | changes


def test_staff_writes_history_in_its_own_name_alone(town: Town) -> None:
    event = EVENT.format("", "")
    assert town.attempt(Role.STAFF, event, town.operator, **note(town)) == 1
    for actor in (town.colleague.label, "citizen", "system", "account:", "import"):
        forged = note(town, actor=actor)
        assert town.attempt(Role.STAFF, event, town.operator, **forged) is None, actor


def test_staff_writes_no_word_of_a_citizen_and_nothing_under_anothers_ticket(town: Town) -> None:
    event = EVENT.format("", "")
    for forged in (
        {"kind": "reply"},
        {"kind": "submitted", "status": "submitted"},
        {"ticket": town.other["ticket"]},
        {"ticket": "JBI-NONE"},
    ):
        row = note(town, **forged)
        assert town.attempt(Role.STAFF, event, town.operator, **row) is None, forged


@pytest.mark.parametrize(("column", "value"), WRONG_TIMES)
def test_the_database_dates_and_numbers_what_staff_and_intake_write(
    town: Town, column: str, value: str
) -> None:
    event = EVENT.format(column, value)
    assert town.attempt(Role.STAFF, event, town.operator, **note(town)) is None
    sent = note(town, kind="submitted", status="submitted", actor="citizen")
    assert town.attempt(Role.INTAKE, event, None, sent["ticket"], **sent) is None
    if column != ", at":  # what is imported has its own dates
        system = note(town, actor="system")
        assert town.attempt(Role.WORKER, event, **system) is None


def test_decisions_are_signed_and_dated_like_history(town: Town) -> None:
    me = {"id": town.one["id"], "actor": town.operator.label}
    assert town.attempt(Role.STAFF, DECISION.format("", ""), town.operator, **me) == 1
    for actor in (town.colleague.label, "system"):
        forged = me | {"actor": actor}
        assert town.attempt(Role.STAFF, DECISION.format("", ""), town.operator, **forged) is None
    dated = DECISION.format(", decided_at", ", '2020-01-01'")
    assert town.attempt(Role.STAFF, dated, town.operator, **me) is None
    sent = {"id": town.one["id"], "actor": "citizen"}
    assert town.attempt(Role.INTAKE, dated, None, town.one["ticket"], **sent) is None


def test_intake_writes_the_beginning_of_the_complaint_it_hands_in_alone(town: Town) -> None:
    event, ticket = EVENT.format("", ""), town.one["ticket"]
    sent = note(town, kind="submitted", status="submitted", actor="citizen")
    junk = sent | {"kind": "status", "status": "rejected", "actor": town.operator.label}
    assert town.attempt(Role.INTAKE, event, None, ticket, **sent) == 1
    entered = sent | {"actor": town.operator.label}
    assert town.attempt(Role.INTAKE, event, town.operator, ticket, **entered) == 1
    assert town.attempt(Role.INTAKE, event, town.operator, ticket, **junk) == 1
    forged: list[tuple[dict[str, Any], Actor | None]] = [
        (sent | {"kind": "answer"}, None),
        (sent | {"kind": "status", "status": "closed"}, None),
        (sent | {"kind": "status", "status": "rejected"}, None),
        (sent | town.other, None),
        (sent | {"id": town.other["id"]}, None),
        (sent | {"actor": "system"}, None),
        (entered, None),
        (entered, town.colleague),
        (sent, town.operator),
        (junk, town.colleague),
        (junk | {"status": "closed"}, town.operator),
    ]
    for row, by in forged:
        assert town.attempt(Role.INTAKE, event, by, ticket, **row) is None, row
    decision = DECISION.format("", "")
    decided = {"id": town.one["id"], "actor": "citizen"}
    assert town.attempt(Role.INTAKE, decision, None, ticket, **decided) == 1
    for wrong in ({"id": town.other["id"]}, {"actor": "system"}, {"actor": town.operator.label}):
        values = decided | wrong
        assert town.attempt(Role.INTAKE, decision, None, ticket, **values) is None, wrong


def test_the_worker_signs_for_programs_and_never_for_people(town: Town) -> None:
    dated = EVENT.format(", at", ", '2020-01-01'")
    for actor in ("system", "import", "simulation"):
        assert town.attempt(Role.WORKER, dated, **note(town, actor=actor)) == 1
    for actor in ("citizen", town.operator.label, ""):
        assert town.attempt(Role.WORKER, dated, **note(town, actor=actor)) is None
        values = {"id": town.one["id"], "actor": actor}
        assert town.attempt(Role.WORKER, DECISION.format("", ""), **values) is None


@pytest.mark.parametrize("role", [Role.STAFF, Role.INTAKE])
def test_a_complaint_is_not_born_with_a_past(town: Town, role: Role) -> None:
    copied = (
        "INSERT INTO geoapp.complaint (city_code, ticket, channel, service_code, group_code,"
        " status, submitted_at, due_at, location_kind, agency_code, assignment_method{0})"
        " SELECT city_code, 'T-NEW', channel, service_code, group_code, status, submitted_at,"
        " due_at, 'none', agency_code, assignment_method{1} FROM geoapp.complaint"
        " WHERE ticket = :one"
    )
    for column, value in (
        (", version", ", 7"), (", resolved_at", ", now()"), (", reopenings", ", 3"),
    ):  # fmt: skip
        command = copied.format(column, value)
        one = town.one["ticket"]
        assert town.attempt(role, command, town.operator, one, one=one) is None, column
    plain = copied.format("", "")
    assert town.attempt(role, plain, town.operator, one, one=one) is None  # no split, or no ticket
    if role is Role.STAFF:
        split = copied.format(", split_from", ", id")
        assert town.attempt(role, split, town.operator, one=one) == 1


def door_may(town: Town, command: str, **values: Any) -> Any:
    return town.attempt(Role.ACCOUNTS, command, me=town.operator.account_id, **values)


@pytest.mark.parametrize(
    "command",
    [
        "INSERT INTO geoapp.account (city_code, name, email) VALUES ('15.71', 'x', 'x@example.org')",
        (
            "INSERT INTO geoapp.invitation (city_code, account_id, token_sha256, created_by,"
            " expires_at) VALUES ('15.71', :me, 'x', 'x', now())"
        ),
        "UPDATE geoapp.account SET active = true WHERE id = :me",
        "UPDATE geoapp.account SET email = 'x@example.org' WHERE id = :me",
        "UPDATE geoapp.account SET name = 'x' WHERE id = :me",
        "UPDATE geoapp.account_session SET created_at = now()",
        "SELECT FROM geoapp.admin_event",
    ],
)
def test_the_door_makes_and_revives_nobody(town: Town, command: str) -> None:
    assert door_may(town, command) is None
    assert door_may(town, "UPDATE geoapp.account SET last_login_at = now() WHERE id = :me") == 1


def test_the_door_logs_what_somebody_did_to_their_own_account(town: Town) -> None:
    me, logged = town.operator.label, LOGGED.format("", "")
    own = {"actor": me, "kind": "account.password_changed", "subject": me}
    assert door_may(town, logged, **own) == 1
    for forged in (
        {"actor": town.admin.label}, {"subject": town.admin.label}, {"kind": "grant.added"},
        {"actor": "system", "subject": "system"},
    ):  # fmt: skip
        assert door_may(town, logged, **own | forged) is None, forged
    assert door_may(town, LOGGED.format(", at", ", '2020-01-01'"), **own) is None


def test_administrators_log_in_their_own_name_at_the_time_it_is(town: Town) -> None:
    own = {"actor": town.admin.label, "kind": "grant.added", "subject": town.operator.label}
    logged = LOGGED.format("", "")
    assert town.attempt(Role.ADMIN, logged, town.admin, **own) == 1
    for actor in (town.operator.label, "system"):
        assert town.attempt(Role.ADMIN, logged, town.admin, **own | {"actor": actor}) is None
    for column, value in ((", at", ", '2020-01-01'"), (", id", ", 5")):
        dated = LOGGED.format(column, value)
        assert town.attempt(Role.ADMIN, dated, town.admin, **own) is None
        assert town.attempt(Role.WORKER, dated, **own | {"actor": "system"}) is None
    assert town.attempt(Role.WORKER, logged, **own | {"actor": town.admin.label}) is None


def test_what_was_taken_back_is_not_given_again(town: Town) -> None:
    city, admin = default_city(town.database), town.admin
    person = hire(town.database, "auditor")
    machine = accounts.add_machine(town.database, city, admin, name="M", grants=[])
    accounts.make_key(town.database, city, admin, machine, name="k", scopes=["read"])
    link = accounts.reset(town.database, city, admin, person.account_id)
    rows = {
        "account_grant": ("revoked_at", person.account_id),
        "api_key": ("revoked_at", machine),
        "invitation": ("used_at", person.account_id),
    }
    ask = "UPDATE geoapp.{} SET {} = {} WHERE account_id = :account"
    for table, (column, account) in rows.items():
        for wrong in ("NULL", "now() - interval '1 day'", "now() + interval '1 day'"):
            command = ask.format(table, column, wrong)
            assert town.attempt(Role.ADMIN, command, admin, account=account) is None, command
        command = ask.format(table, column, "now()")
        assert town.attempt(Role.ADMIN, command, admin, account=account) == 1
        with as_owner(town.database) as connection:
            connection.execute(text(command), {"account": account})
        for role in (Role.ADMIN, *([Role.ACCOUNTS] if table == "invitation" else [])):
            for again in ("NULL", "now()"):
                command = ask.format(table, column, again)
                assert not town.attempt(role, command, admin, account=account), command
    with pytest.raises(Exception, match="used"):
        door.accept(town.database, city, link.token, "x")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.WORKER])
def test_keys_belong_to_machines_whoever_makes_them(town: Town, role: Role) -> None:
    machine = accounts.add_machine(
        town.database, default_city(town.database), town.admin, name="M", grants=[]
    )
    command = (
        "INSERT INTO geoapp.api_key (city_code, account_id, name, hint, key_sha256, scopes,"
        " created_by) VALUES ('15.71', :account, 'k', 'h', 'd', '{read}', :by)"
    )
    by = town.admin.label if role is Role.ADMIN else "system"
    assert town.attempt(role, command, town.admin, account=machine, by=by) == 1
    person = town.operator.account_id
    assert town.attempt(role, command, town.admin, account=person, by=by) is None


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE geoapp.account SET password_hash = 'x' WHERE id = :me",
        "UPDATE geoapp.account SET email = 'x@example.org' WHERE id = :me",
        (
            "INSERT INTO geoapp.account_session (city_code, account_id, token_sha256)"
            " VALUES ('15.71', :me, 'x')"
        ),
        (
            "INSERT INTO geoapp.account (city_code, name, email, password_hash)"
            " VALUES ('15.71', 'x', 'x@example.org', 'x')"
        ),
        (
            "INSERT INTO geoapp.account_grant (city_code, account_id, role, granted_by)"
            " VALUES ('15.71', :me, 'auditor', 'system')"
        ),
        (
            "INSERT INTO geoapp.account_grant (city_code, account_id, role, granted_by, granted_at)"
            " VALUES ('15.71', :me, 'auditor', :by, '2020-01-01')"
        ),
    ],
)
def test_administrators_sign_in_as_nobody_and_sign_their_grants(town: Town, command: str) -> None:
    values = {"me": town.operator.account_id, "by": town.admin.label}
    assert town.attempt(Role.ADMIN, command, town.admin, **values) is None


def test_a_hand_over_needs_its_entry_in_the_history(town: Town) -> None:
    told = (
        "INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)"
        " VALUES ('15.71', :id, :ticket, 'assignment', :actor,"
        " jsonb_build_object('agency_to', cast(:told AS text)));"
        " SELECT geoapp.hand_over('15.71', :id, 1, :agency)"
    )
    me = town.one | {"actor": town.operator.label}
    bare = "SELECT geoapp.hand_over('15.71', :id, 1, 'dlh')"
    assert town.attempt(Role.STAFF, bare, town.operator, **me) == [False]
    for told_agency, agency, moved in (
        ("dlh", "dlh", True), ("dishub", "dlh", False), ("nowhere", "nowhere", False),
    ):  # fmt: skip
        values = me | {"told": told_agency, "agency": agency}
        assert town.attempt(Role.STAFF, told, town.operator, **values) == [moved]


def test_a_reply_disputes_in_time_alone_and_is_dated_by_the_database(town: Town) -> None:
    record = "SELECT geoapp.record_reply('15.71', :ticket, 1, 'x', :solved, :status)"
    ended = "SELECT geoapp.working_days_after('15.71', cast(:at AS timestamptz), :days)"
    with as_owner(town.database) as connection:
        days = connection.execute(text("SELECT geoapp.dispute_days()")).scalar_one()
        assert days == DISPUTE_DAYS
        now = connection.execute(text("SELECT now()")).scalar_one()
        past = now - timedelta(days=40)
        end = connection.execute(text(ended), {"at": past, "days": days}).scalar_one()
        assert end < now
    resolve = (
        "UPDATE geoapp.complaint SET status = 'resolved', resolved_at = :at WHERE ticket = :ticket"
    )
    ticket = town.other["ticket"]
    for at, solved, status, recorded in (
        (now, False, "reopened", True),
        (now, True, "closed", True),
        (now, True, "reopened", False),
        (now, False, "closed", False),
        (now, False, "verified", False),
        (past, False, "reopened", False),
        (past, True, "closed", False),
    ):
        with as_owner(town.database) as connection:
            connection.execute(text(resolve), {"at": at, "ticket": ticket})
        values = {"ticket": ticket, "solved": solved, "status": status}
        assert town.attempt(Role.INTAKE, record, **values) == [recorded], values


@pytest.mark.parametrize(
    ("grant", "sees"),
    [
        ({"role": "agency_head", "agency": "dlh"}, {"dlh"}),
        ({"role": "field_officer", "agency": "dlh", "kelurahan": ["15.71.08.1006"]}, {"dlh"}),
        ({"role": "field_officer", "kelurahan": ["15.71.08.1006"]}, {"dlh", "dishub"}),
        ({"role": "operator"}, {"dlh", "dishub"}),
    ],
)
def test_officers_are_told_of_agencies_that_one_reads(
    town: Town, grant: dict[str, Any], sees: set[str]
) -> None:
    for agency in ("dlh", "dishub"):
        hire(town.database, "field_officer", agency=agency)
    asker = hire(town.database, **grant)
    city = default_city(town.database)
    assert {
        agency for agency in ("dlh", "dishub") if work.officers(town.database, city, asker, agency)
    } == sees
