"""What is alike is found through indexes, under every role that asks, among 200,000 complaints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.spatial import alike, duplicates
from geoapp.store import supporters
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.contracts.test_plans import CITY, FILL, NOW, check, explained
from tests.databases import clone, drop
from tests.people import hire

pytestmark = pytest.mark.long

NUMBER = 200_000
PEOPLE = text("""
    WITH backed AS (
        SELECT city_code, id FROM geoapp.complaint WHERE ticket LIKE 'PLN-%' AND id % 20 = 0
    ), sent AS (
        INSERT INTO geoapp.complaint_sender (city_code, complaint_id, person)
        SELECT city_code, id, 'sender ' || id FROM geoapp.complaint
    )
    INSERT INTO geoapp.supporter (city_code, complaint_id, person)
    SELECT city_code, id, 'person ' || number FROM backed CROSS JOIN generate_series(1, 5) AS number
""")


@pytest.fixture(scope="module")
def full(cluster, jambi_template) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    with as_owner(database) as connection:
        connection.execute(FILL, {"number": NUMBER})
        connection.execute(PEOPLE)
        connection.execute(text("ANALYZE"))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.mark.parametrize("radius_m", [30, 150, 1000])
def test_what_is_alike_around_a_pin_is_found_by_an_index(full, radius_m):
    question = alike.near_statement(
        CITY, "road", LonLat(103.606, -1.606), radius_m, now=NOW, most=10
    )
    check(explained(full, Role.VISITOR, lambda c: c.execute(question)), {"complaint"})


def test_likely_duplicates_are_found_by_an_index_under_row_level_security(full):
    operator = hire(full, "operator")
    question = duplicates.pairs_statement(CITY, NOW + timedelta(minutes=1))
    found = explained(full, Role.STAFF, lambda c: c.execute(question), account=operator.account_id)
    check(found, {"complaint"})
    # and no pair is compared by reading all others for each
    assert not [
        node for node in found
        if node["Node Type"] == "Nested Loop" and node.get("Plan Rows", 0) > 10_000_000
    ]  # fmt: skip


def test_a_tap_reads_no_large_table_whole(full):
    """Counted by the server itself: rows read in sequence while somebody says me too."""
    count = text("""
        SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables
        WHERE relname IN ('complaint', 'complaint_event', 'supporter', 'complaint_sender')
    """)
    with full.transaction(Role.INTAKE, CITY) as connection:
        before = connection.execute(count).scalar_one()
        told = supporters.say(connection, CITY, "PLN-20005", "somebody", wanted=True)
        assert told is not None
        assert told.result == "new"
        assert connection.execute(count).scalar_one() == before
