"""Density cells give nobody more than the complaints they count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.store.database import STAFF_REACHES, Database, Role
from geoapp.usecases import density
from tests.complaint_rows import CITY
from tests.people import hire
from tests.staff_world import INSIDE, World, built
from tests.support import default_city

HIDDEN = (
    "density_state", "density_mark", "density_counted", "density_total", "density_cell",
    "density_work_cell", "density_work_total", "density_work_uncounted",
)  # fmt: skip
OTHERS = (Role.VISITOR, Role.INTAKE, Role.LISTENER, Role.ADMIN, Role.ACCOUNTS)


@pytest.fixture(scope="module")
def world(cluster, jambi_template) -> Iterator[World]:
    with built(cluster, jambi_template) as world:
        density.keep_up(world.database, default_city(world.database))
        yield world


def refused(database: Database, role: Role, question: str) -> bool:
    with database.transaction(role, CITY) as connection:
        try:
            connection.execute(text(question))
        except ProgrammingError as problem:
            return "permission denied" in str(problem)
    return False


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("table", HIDDEN)
def test_nobody_but_staff_and_the_worker_reads_what_is_counted_of_true_positions(
    world: World, role: Role, table: str
) -> None:
    assert refused(world.database, role, f"SELECT * FROM geoapp.{table}")


def test_a_visitor_learns_no_numbers_of_complaints_that_are_not_shown(world: World) -> None:
    assert refused(world.database, Role.VISITOR, "SELECT * FROM geoapp.density_changed('15.71')")


def test_public_cells_count_what_the_public_view_shows(world: World) -> None:
    with world.database.transaction(Role.VISITOR, CITY) as visitor:
        counted = visitor.execute(
            text(
                "SELECT group_code, agency_code, status, kelurahan_code, sum(count)"
                " FROM geoapp.density_public_cell WHERE month = '-infinity'"
                " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
            )
        ).all()
        shown = visitor.execute(
            text(
                "SELECT group_code, agency_code, status, coalesce(kelurahan_code, ''), count(*)"
                " FROM geoapp.complaint_public WHERE location_kind = 'point'"
                " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
            )
        ).all()
        totals = visitor.execute(
            text(
                "SELECT sum(open_count + done_count + other_count) FROM geoapp.density_public_total"
                " WHERE zoom = 17 AND group_code = ''"
            )
        ).scalar_one()
    assert counted == shown
    assert shown
    assert totals == sum(row[4] for row in shown)


@pytest.mark.parametrize("table", ["density_work_cell", "density_work_uncounted"])
def test_an_agency_reads_its_own_cells_alone_and_an_officer_those_of_the_kelurahan(
    world: World, table: str
) -> None:
    admin = hire(world.database, "agency_admin", agency="dlh")
    officer = hire(world.database, "field_officer", agency="dlh", kelurahan=[INSIDE])
    question = text(f"SELECT DISTINCT agency_code, kelurahan_code FROM geoapp.{table}")
    with world.database.transaction(Role.STAFF, CITY, account=admin.account_id) as connection:
        assert {row.agency_code for row in connection.execute(question)} == {"dlh"}
    with world.database.transaction(Role.STAFF, CITY, account=officer.account_id) as connection:
        assert {tuple(row) for row in connection.execute(question)} == {("dlh", INSIDE)}


def test_totals_are_for_who_reads_everything(world: World) -> None:
    question = text("SELECT count(*) FROM geoapp.density_total")
    operator = hire(world.database, "operator")
    admin = hire(world.database, "agency_admin", agency="dlh")
    with world.database.transaction(Role.STAFF, CITY, account=operator.account_id) as connection:
        assert connection.execute(question).scalar_one() > 0
        public = text("SELECT count(*) FROM geoapp.density_total WHERE kind = 'public'")
        assert connection.execute(public).scalar_one() == 0
    with world.database.transaction(Role.STAFF, CITY, account=admin.account_id) as connection:
        assert connection.execute(question).scalar_one() == 0


@pytest.mark.parametrize("role", ["geoapp_staff", *STAFF_REACHES])
@pytest.mark.parametrize("table", ["density_total", "density_cell", "density_counted"])
def test_without_an_account_or_in_a_wrong_role_there_is_nothing(
    world: World, role: str, table: str
) -> None:
    admin = hire(world.database, "agency_admin", agency="dlh")
    with world.database.transaction(Role.STAFF, CITY, account=admin.account_id) as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        found = connection.execute(
            text(f"SELECT count(*) FROM geoapp.{table} WHERE to_jsonb({table}) ->> 'agency_code'"
                 " IS DISTINCT FROM 'dlh'")
        ).scalar_one()  # fmt: skip
        assert found == 0
    with world.database.transaction(Role.STAFF, "", account=None) as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        assert connection.execute(text(f"SELECT count(*) FROM geoapp.{table}")).scalar_one() == 0
