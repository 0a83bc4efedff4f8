"""Who may read, write and change seals: by trying it, under every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.store.statements import statement
from geoapp.usecases import audit
from geoapp.worker.sealing import seal_cities
from tests.databases import clone, drop
from tests.people import hire
from tests.support import default_city, send

TABLES = ("seal", "event_digest", "erasure")


@pytest.fixture(scope="module")
def sealed(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    send(database)
    audit.seal_all(database, default_city(database), tmp_path_factory.mktemp("seals"))
    yield database
    database.dispose()
    drop(cluster, name)


def refused(database: Database, role: Role, command: str, account: int | None = None) -> bool:
    try:
        with database.transaction(role, "15.71", account=account) as connection:
            connection.execute(text(command))
            connection.rollback()
    except ProgrammingError as problem:
        if getattr(problem.orig, "pgcode", "") != "42501":
            raise
        return True
    return False


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("table", [*TABLES, "complaint_event", "admin_event"])
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET city_code = city_code", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_nobody_changes_or_removes_what_was_written(
    sealed: Database, role: Role, table: str, verb: str
) -> None:
    assert refused(sealed, role, verb.format(f"geoapp.{table}"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
@pytest.mark.parametrize("table", TABLES)
def test_only_the_worker_seals(sealed: Database, role: Role, table: str) -> None:
    assert refused(
        sealed, role, f"INSERT INTO geoapp.{table} SELECT * FROM geoapp.{table} WHERE false"
    )


def test_nobody_but_the_owner_records_an_erasure_or_begins_an_epoch(sealed: Database) -> None:
    for role in Role:
        assert refused(sealed, role, "CALL geoapp.begin_epoch()"), role
        assert refused(
            sealed, role, "INSERT INTO geoapp.erasure VALUES ('15.71', 1, now(), 'x', 'x')"
        ), role


def test_seals_are_public_and_digests_are_not(sealed: Database) -> None:
    assert not refused(sealed, Role.VISITOR, "SELECT * FROM geoapp.seal")
    assert refused(sealed, Role.VISITOR, "SELECT FROM geoapp.event_digest")
    assert refused(sealed, Role.INTAKE, "SELECT FROM geoapp.event_digest")


def test_auditors_see_which_events_are_sealed_and_no_salt(sealed: Database) -> None:
    auditor = hire(sealed, "auditor").account_id
    assert refused(sealed, Role.STAFF, "SELECT salt FROM geoapp.event_digest", auditor)
    counts = {}
    for role in ("auditor", "field_officer"):
        account = hire(sealed, role, kelurahan=[] if role == "auditor" else ["15.71.01.1001"])
        with sealed.transaction(Role.STAFF, "15.71", account=account.account_id) as connection:
            counts[role] = connection.execute(
                text("SELECT count(event_id) FROM geoapp.event_digest")
            ).scalar_one()
    assert counts == {"auditor": 1, "field_officer": 0}


def test_sealing_uses_the_feeds_index_and_reads_no_more_than_its_batch(sealed: Database) -> None:
    with sealed.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            connection.execute(
                text("EXPLAIN " + str(statement("store", "seal_next"))),
                {"city": "15.71", "most": 10},
            ).scalars()
        )
    assert "complaint_event_city_feed" in plan
    assert "Index Cond" in plan


def test_the_workers_job_seals_every_city_and_publishes(sealed: Database, tmp_path: Path) -> None:
    audit.publish_anew(sealed, default_city(sealed), tmp_path / "seals")
    send(sealed)
    settings = replace(Settings(), home=tmp_path)
    assert seal_cities(sealed, settings, lambda: False) == 1
    assert seal_cities(sealed, settings, lambda: False) == 0
    assert len((tmp_path / "seals" / "kota-jambi.jsonl").read_text().splitlines()) == 1 + 2
