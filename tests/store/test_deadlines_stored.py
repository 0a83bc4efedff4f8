"""Every complaint has its three deadlines from the moment it is stored, whichever way."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp import resources
from geoapp.domain.complaint import NewComplaint, Status, new_ticket
from geoapp.domain.history import Step, told_by
from geoapp.embedded import Cluster
from geoapp.spatial import assignment
from geoapp.spatial.bulk import Filed, store_many
from geoapp.store import migrate
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from tests.complaint_rows import add
from tests.databases import clone, drop

CITY = "15.71"
WIB = ZoneInfo("Asia/Jakarta")
BEGUN = datetime(2026, 3, 13, 10, 0, tzinfo=WIB)
"""A Friday: | 16 17 (18-24 off) 25 26 27; 72 hours later is Monday the 16th."""
VERIFY = datetime(2026, 3, 25, 23, 59, 59, tzinfo=WIB)
ANSWER = datetime(2026, 3, 27, 23, 59, 59, tzinfo=WIB)
DUE = datetime(2026, 3, 16, 10, 0, tzinfo=WIB)

STORED = text("""
    SELECT verify_due_at, answer_due_at, due_at, verified_at, assigned_at, first_response_at,
           handled_at, hold_since, held_status, reopenings
    FROM geoapp.complaint WHERE description = :words
""")


def new(words: str, **changes: object) -> NewComplaint:
    told = {"service": "pothole", "description": words, "named_area": "15.71.01.1001"}
    return NewComplaint(**{**told, "submitted_at": BEGUN, **changes})  # type: ignore[arg-type]


def at(hours: float) -> datetime:
    return BEGUN + timedelta(hours=hours)


def test_a_single_submission_gets_them(jambi_db: Connection) -> None:
    ticket = new_ticket("JBI")
    complaint = new("alone")
    row = assignment.store(jambi_db, CITY, ticket, complaint, actor="citizen", keep_outside=False)
    assert row is not None
    found = jambi_db.execute(STORED, {"words": "alone"}).one()
    assert (found.verify_due_at, found.answer_due_at, found.due_at) == (VERIFY, ANSWER, DUE)
    assert found.verified_at is None
    assert found.handled_at is None


HISTORIES = {
    "just came": (Step(Status.SUBMITTED, BEGUN),),
    "is worked on": (
        Step(Status.SUBMITTED, BEGUN), Step(Status.VERIFIED, at(1)), Step(Status.ASSIGNED, at(2)),
        Step(Status.IN_PROGRESS, at(3)),
    ),
    "came back": (
        Step(Status.SUBMITTED, BEGUN), Step(Status.VERIFIED, at(1)), Step(Status.ASSIGNED, at(2)),
        Step(Status.RESOLVED, at(4)), Step(Status.REOPENED, at(5)),
    ),
    "waits": (
        Step(Status.SUBMITTED, BEGUN), Step(Status.VERIFIED, at(1)), Step(Status.ON_HOLD, at(6)),
    ),
}  # fmt: skip
EXPECTED = {
    # verified, assigned, handled, on hold since, from, reopenings
    "just came": (None, None, None, None, None, 0),
    "is worked on": (at(1), at(2), None, None, None, 0),
    "came back": (at(1), at(2), at(4), None, None, 1),
    "waits": (at(1), None, None, at(6), "verified", 0),
}


def test_a_batch_gets_them_and_what_its_histories_tell(jambi_db: Connection) -> None:
    batch = [
        Filed(new(words, status=steps[-1].status), steps) for words, steps in HISTORIES.items()
    ]
    store_many(jambi_db, CITY, "JBI", batch, actor="import", keep_outside=True)
    for words, expected in EXPECTED.items():
        found = jambi_db.execute(STORED, {"words": words}).one()
        assert (found.verify_due_at, found.answer_due_at, found.due_at) == (VERIFY, ANSWER, DUE)
        assert (
            found.verified_at, found.assigned_at, found.handled_at, found.hold_since,
            found.held_status, found.reopenings,
        ) == expected, words  # fmt: skip


def test_an_import_tells_no_moment_that_its_record_does_not(jambi_db: Connection) -> None:
    resolved = new("without a moment", status=Status.RESOLVED)
    answered = new("answered", status=Status.RESOLVED, first_response_at=at(2), resolved_at=at(9))
    batch = [Filed(row, told_by(row)) for row in (resolved, answered)]
    store_many(jambi_db, CITY, "JBI", batch, actor="import", keep_outside=True)
    found = jambi_db.execute(STORED, {"words": "without a moment"}).one()
    assert (found.verified_at, found.assigned_at, found.handled_at) == (None, None, None)
    found = jambi_db.execute(STORED, {"words": "answered"}).one()
    assert (found.assigned_at, found.first_response_at, found.handled_at) == (at(2), at(2), at(9))


@pytest.fixture
def owned(cluster: Cluster, jambi_template: str) -> str:
    """A database of the test's own with the default city; its name."""
    return clone(cluster, jambi_template)


def test_the_migration_gives_them_to_what_is_open(cluster: Cluster, owned: str) -> None:
    url = cluster.url("geoapp_owner", owned)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for status in ("submitted", "on_hold", "reopened", "closed", "rejected"):
            add(connection, description=status, status=status, submitted_at=BEGUN)
    migrate.downgrade(url, "0004")
    migrate.upgrade(url)
    with engine.connect() as connection:
        for status in ("submitted", "on_hold", "reopened"):
            found = connection.execute(STORED, {"words": status}).one()
            assert (found.verify_due_at, found.answer_due_at) == (VERIFY, ANSWER), status
        for status in ("closed", "rejected"):
            found = connection.execute(STORED, {"words": status}).one()
            assert (found.verify_due_at, found.answer_due_at) == (None, None), status
    engine.dispose()
    drop(cluster, owned)


def test_a_city_folder_may_promise_sooner(jambi: Database, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(resources.path("boundaries") / "kota-jambi", folder)
    services = json.loads((folder / "services.json").read_text(encoding="utf-8"))
    (pothole,) = (one for one in services["services"] if one["code"] == "pothole")
    pothole["versions"][0] |= {"verify_clock": "hours", "verify_target": 4, "answer_target": 1}
    (folder / "services.json").write_text(json.dumps(services), encoding="utf-8")
    cities.load(jambi, folder)
    with jambi.transaction(Role.VISITOR, CITY) as connection:
        asked = text("SELECT * FROM geoapp.deadlines(:city, :service, :at)")
        values = {"city": CITY, "at": BEGUN}
        sooner = connection.execute(asked, {**values, "service": "pothole"}).one()
        usual = connection.execute(asked, {**values, "service": "road_damaged"}).one()
    # Friday 13 March 10:00: four hours; Monday the 16th
    monday = datetime(2026, 3, 16, 23, 59, 59, tzinfo=WIB)
    assert tuple(sooner) == (at(4), monday, DUE)
    assert tuple(usual) == (VERIFY, ANSWER, DUE)
