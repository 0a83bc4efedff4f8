"""What each database role may and may not do, by trying it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment
from geoapp.store.database import Database, Role

CODE = "15.71"
EVERYBODY = (Role.VISITOR, Role.INTAKE, Role.WORKER, Role.LISTENER)


def attempt(database: Database, role: Role, statement: str, city: str = CODE) -> int:
    """Rows of a statement run as *role*."""
    with database.transaction(role, city) as connection:
        return connection.execute(text(statement)).rowcount


def refused(database: Database, role: Role, statement: str) -> bool:
    """Whether the server says that *role* isn't allowed to; any other error is passed on."""
    try:
        attempt(database, role, statement)
    except ProgrammingError as problem:
        if getattr(problem.orig, "pgcode", "") != "42501":
            raise
        return True
    return False


@pytest.fixture
def filed(jambi: Database) -> Database:
    """Two complaints, T-1 and (confidential) T-2, stored as a citizen's are."""
    for ticket, confidential in (("T-1", False), ("T-2", True)):
        with jambi.transaction(Role.INTAKE, CODE, ticket=ticket) as connection:
            new = NewComplaint(
                service="noise", position=LonLat(103.61, -1.61), confidential=confidential
            )
            assignment.lock_in_submission(connection, CODE)
            stored = assignment.store(
                connection, CODE, ticket, new, actor="citizen", keep_outside=False
            )
            assert stored is not None
    return jambi


@pytest.mark.parametrize(
    "table", ["complaint", "assignment", "complaint_event", "intake_key", "rate_window"]
)
def test_a_visitor_reads_no_table_of_complaints(filed: Database, table: str) -> None:
    assert refused(filed, Role.VISITOR, f"SELECT FROM geoapp.{table}")


def test_a_visitor_sees_neither_confidential_rows_nor_exact_positions(filed: Database) -> None:
    with filed.transaction(Role.VISITOR, CODE) as connection:
        shown = connection.execute(text("SELECT * FROM geoapp.complaint_public")).mappings().all()
    assert [row["ticket"] for row in shown] == ["T-1"]
    hidden = {"public_geom", "anonymous", "accuracy_m", "external_id", "source"}
    assert not hidden & set(shown[0])
    with filed.transaction(Role.WORKER, CODE) as connection:
        same = connection.execute(
            text(
                "SELECT ST_Equals(public.geom, complaint.geom) FROM geoapp.complaint_public AS public"
                " JOIN geoapp.complaint USING (ticket)"
            )
        ).scalar_one()
    assert same is False


@pytest.mark.parametrize("verb", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}"])
@pytest.mark.parametrize(
    "table", ["city", "service", "boundary_set", "area", "complaint", "hotspot"]
)
def test_a_visitor_writes_nothing(filed: Database, table: str, verb: str) -> None:
    assert refused(filed, Role.VISITOR, verb.format(f"geoapp.{table}"))


def test_intake_reads_back_only_the_ticket_it_drew(filed: Database) -> None:
    assert attempt(filed, Role.INTAKE, "SELECT FROM geoapp.complaint") == 0
    with filed.transaction(Role.INTAKE, CODE, ticket="T-1") as connection:
        own = connection.execute(text("SELECT ticket FROM geoapp.complaint")).scalars().all()
    assert own == ["T-1"]
    with filed.transaction(Role.INTAKE, "99.99", ticket="T-1") as connection:
        assert connection.execute(text("SELECT FROM geoapp.complaint")).rowcount == 0


def test_intake_writes_into_its_own_city_alone(filed: Database) -> None:
    event = text(
        "INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor)"
        " SELECT '15.71', 1, 'T-1', 'submitted', 'citizen'"
    )
    with filed.transaction(Role.INTAKE, CODE, ticket="T-1") as connection:
        assert connection.execute(event).rowcount == 1
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        filed.transaction(Role.INTAKE, "99.99", ticket="T-1") as connection,
    ):
        connection.execute(event)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM geoapp.assignment",
        "SELECT FROM geoapp.complaint_event",
        "UPDATE geoapp.complaint SET description = ''",
        "DELETE FROM geoapp.complaint",
        "SELECT FROM geoapp.complaint_public",
        "SELECT geoapp.ticket_state('15.71', 'JBI')",
        "UPDATE geoapp.service SET code = code",
    ],
)
def test_intake_can_do_nothing_but_hand_in(filed: Database, statement: str) -> None:
    assert refused(filed, Role.INTAKE, statement)


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("table", ["complaint_event", "assignment"])
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET city_code = city_code", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_nobody_rewrites_history(filed: Database, role: Role, table: str, verb: str) -> None:
    assert refused(filed, role, verb.format(f"geoapp.{table}"))


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM geoapp.complaint",
        "TRUNCATE geoapp.complaint",
        "UPDATE geoapp.feed_epoch SET epoch = gen_random_uuid()",
        "CREATE TABLE geoapp.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "ALTER TABLE geoapp.complaint DISABLE ROW LEVEL SECURITY",
        "DROP VIEW geoapp.complaint_public",
    ],
)
def test_nobody_but_the_owner_changes_the_schema_or_removes_complaints(
    filed: Database, role: Role, statement: str
) -> None:
    assert refused(filed, role, statement)


def test_the_listener_follows_the_feed_and_reads_no_complaint(filed: Database) -> None:
    assert attempt(filed, Role.LISTENER, "SELECT FROM geoapp.complaint_event") == 2
    assert attempt(filed, Role.LISTENER, "SELECT FROM geoapp.complaint_public") == 1
    for table in ("complaint", "assignment", "intake_key"):
        assert refused(filed, Role.LISTENER, f"SELECT FROM geoapp.{table}")


def test_the_job_queue_belongs_to_the_worker(filed: Database) -> None:
    query = "SELECT FROM procrastinate.procrastinate_jobs"
    assert attempt(filed, Role.WORKER, query) == 0
    for role in (Role.VISITOR, Role.INTAKE, Role.LISTENER):
        assert refused(filed, role, query)


def test_the_login_itself_may_do_nothing_without_a_role(filed: Database) -> None:
    with filed.engine.connect() as connection:
        for table in ("complaint_public", "city", "complaint"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"SELECT FROM geoapp.{table}"))
            connection.rollback()


def test_a_role_does_not_outlive_its_transaction(filed: Database) -> None:
    attempt(filed, Role.WORKER, "SELECT FROM geoapp.complaint")
    with filed.engine.connect() as connection:
        settings = "SELECT current_user::text, current_setting('geoapp.city', true)"
        assert tuple(connection.execute(text(settings)).one()) == ("geoapp_app", "")
