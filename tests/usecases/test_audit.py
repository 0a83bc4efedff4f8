"""Sealing: what is sealed, in which order, published where; and what a verification says."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.seal import Fault
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role
from geoapp.usecases import audit, published_seals
from tests import complaint_rows
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.sealed_history import fill, verified
from tests.support import default_city, eventually


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def sealed(module_database: Database, tmp_path: Path) -> tuple[Database, Path]:
    """Twelve events in three seals, published; one more not sealed."""
    fill(module_database, 12)
    city = default_city(module_database)
    assert audit.seal_all(module_database, city, tmp_path, most=4) == 3
    fill(module_database, 1, empty=False)
    return module_database, published_seals.path(tmp_path, city.slug)


# -- what is sealed -----------------------------------------------------------------------


def test_events_are_sealed_in_feed_order_batch_by_batch(sealed: tuple[Database, Path]) -> None:
    database, file = sealed
    with as_owner(database) as owner:
        rows = owner.execute(
            text(
                "SELECT digest.event_id, digest.seal_number FROM geoapp.event_digest AS digest"
                " ORDER BY digest.ordinal"
            )
        ).all()
        feed = owner.execute(text("SELECT id FROM geoapp.complaint_event ORDER BY xid, id"))
        assert [row.event_id for row in rows] == list(feed.scalars())[:12]
    assert [row.seal_number for row in rows] == [1] * 4 + [2] * 4 + [3] * 4
    assert [line.number for line in published_seals.read(file)] == [1, 2, 3]


def test_an_untouched_history_has_no_findings(sealed: tuple[Database, Path]) -> None:
    report = verified(*sealed)
    assert report.clean
    assert (report.seals, report.events, report.unsealed.count) == (3, 12, 1)
    assert report.notes == []
    # complaint_rows writes events of June 2026 in the name of a person
    assert report.unsealed.oldest_s is not None


def test_nothing_is_sealed_twice_and_nothing_without_events(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    city = default_city(database)
    assert audit.seal_all(database, city, tmp_path) == 1
    assert audit.seal_all(database, city, tmp_path) == 0
    assert len(file.read_text().splitlines()) == 4


def test_while_one_seals_another_does_not(sealed: tuple[Database, Path]) -> None:
    database, _ = sealed
    city = default_city(database)
    with database.transaction(Role.WORKER, city.code) as connection:
        assert audit.seals.lock(connection, city.code)
        assert audit.seal_next(database, city) is None
    assert audit.seal_next(database, city) is not None


def test_an_event_that_commits_late_with_a_lower_transaction_is_sealed_in_its_place(
    module_database: Database, tmp_path: Path
) -> None:
    database = module_database
    fill(database, 2)
    city = default_city(database)
    engine = create_engine(
        database.url.replace("//geoapp_app@", "//geoapp_owner@"), poolclass=NullPool
    )
    with engine.connect() as slow:
        transaction = slow.begin()
        late = complaint_rows.add(slow)
        fill(database, 3, empty=False)  # later transactions, committed earlier
        assert audit.seal_all(database, city, tmp_path) == 1
        assert verified(database).events == 2
        assert verified(database).unsealed.count == 3
        transaction.commit()
    engine.dispose()
    assert audit.seal_all(database, city, tmp_path) == 1
    report = verified(database)
    assert report.clean
    assert report.events == 6
    with as_owner(database) as owner:
        third = owner.execute(
            text(
                "SELECT event.ticket FROM geoapp.event_digest AS digest"
                " JOIN geoapp.complaint_event AS event ON event.id = digest.event_id"
                " WHERE digest.ordinal = 3"
            )
        ).scalar_one()
    assert third == late["ticket"]


# -- a stranger's check -------------------------------------------------------------------

STRANGERS_QUERY = text("""
    SELECT d.seal_number, d.ordinal, d.salt, d.digest, e.city_code, e.id::text,
           e.complaint_id::text, e.ticket, e.kind, e.status,
           (extract(epoch FROM e.at) * 1000000)::bigint::text AS at_us, e.actor,
           e.data::text AS data
    FROM geoapp.event_digest d JOIN geoapp.complaint_event e
      ON e.city_code = d.city_code AND e.id = d.event_id
    ORDER BY d.ordinal
""")


def strangers_check(rows: list[Any], published: list[dict[str, Any]]) -> None:
    """docs/audit.md, followed by somebody who has never seen the program."""

    def field(value: str | None) -> bytes:
        if value is None:
            return b"-,"
        raw = value.encode()
        return str(len(raw)).encode() + b":" + raw + b","

    previous = "0" * 64
    for seal in published:
        mine = [row for row in rows if row.seal_number == seal["number"]]
        digests = b""
        for row in mine:
            content = b"".join(field(value) for value in ["geoapp-event-1", *row[4:13]])
            assert hashlib.sha256(bytes(row.salt) + content).digest() == bytes(row.digest)
            digests += bytes(row.digest)
        date, clock = seal["sealed_at"].removesuffix("+00:00").split("T")
        year, month, day = map(int, date.split("-"))
        hours, minutes, seconds = clock.split(":")
        days = sum(
            366 if y % 4 == 0 and (y % 100 or y % 400 == 0) else 365 for y in range(1970, year)
        )
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        months = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        days += sum(months[: month - 1]) + day - 1
        whole, _, fraction = seconds.partition(".")
        at = ((days * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(whole)
        header = ["geoapp-seal-1", seal["city"], str(seal["number"]), previous]
        header += [str(seal[name]) for name in ("first_ordinal", "last_ordinal", "count")]
        header.append(str(at) + fraction)
        hashed = hashlib.sha256(b"".join(map(field, header)) + digests).hexdigest()
        assert seal["hash"] == hashed
        assert seal["previous"] == previous
        previous = hashed


def test_a_stranger_recomputes_every_hash_from_the_documentation(
    sealed: tuple[Database, Path],
) -> None:
    database, file = sealed
    with as_owner(database) as owner:
        rows = list(owner.execute(STRANGERS_QUERY).all())
    published = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == 12
    strangers_check(rows, published)


# -- what a crash leaves --------------------------------------------------------------------


@pytest.mark.long
def test_a_sealer_that_is_killed_leaves_nothing_that_the_next_run_does_not_mend(
    module_database: Database, tmp_path: Path
) -> None:
    database = module_database
    fill(database, 60)
    city = default_city(database)
    once = iter([False, True]).__next__
    assert audit.seal_all(database, city, tmp_path, stopping=once, most=2) == 1
    program = (
        "import sys; from pathlib import Path; from geoapp.store.database import Database;"
        "from geoapp.usecases import audit, cities; d = Database(sys.argv[1]);"
        "c = cities.find(d, '15.71'); print('ready', flush=True);"
        "audit.seal_all(d, c, Path(sys.argv[2]), most=2)"
    )
    for round_ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", program, database.url, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        wanted = round_ * 3
        eventually(
            lambda child=child, wanted=wanted: (
                child.poll() is not None or len(listed(database)) >= wanted
            )
        )
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert verified(database).clean
    audit.seal_all(database, city, tmp_path)
    report = verified(database, published_seals.path(tmp_path, city.slug))
    assert report.clean
    assert report.events == 60
    assert report.notes == []


def listed(database: Database) -> list[Any]:
    return audit.listed(database, default_city(database), before=None, most=100)


# -- erasure ------------------------------------------------------------------------------


ERASE = (
    "UPDATE geoapp.complaint_event SET data = '{}', actor = 'erased' WHERE id = :id",
    "UPDATE geoapp.event_digest SET salt = NULL WHERE event_id = :id",
)
RECORD = (
    "INSERT INTO geoapp.erasure (city_code, event_id, actor, reason)"
    " VALUES ('15.71', :id, 'account:1', 'asked for by the reporter')"
)


def first_event(database: Database) -> int:
    with as_owner(database) as owner:
        found: int = owner.execute(
            text("SELECT event_id FROM geoapp.event_digest WHERE ordinal = 5")
        ).scalar_one()
        return found


def test_an_erased_event_leaves_the_chain_whole_if_a_record_says_so(
    sealed: tuple[Database, Path],
) -> None:
    database, file = sealed
    event = first_event(database)
    with as_owner(database) as owner:
        for command in ERASE:
            owner.execute(text(command), {"id": event})
    report = verified(database, file)
    assert report.findings.counts == {Fault.ALTERED: 1}
    with as_owner(database) as owner:
        owner.execute(text(RECORD), {"id": event})
    report = verified(database, file)
    assert report.clean
    assert report.erased == [event]


def test_a_record_of_an_erasure_that_did_not_happen_is_found(sealed: tuple[Database, Path]) -> None:
    database, _ = sealed
    with as_owner(database) as owner:
        owner.execute(text(RECORD), {"id": first_event(database)})
    assert verified(database).findings.counts == {Fault.ERASURE: 1}


def test_findings_name_event_and_ticket(sealed: tuple[Database, Path]) -> None:
    database, _ = sealed
    event = first_event(database)
    with as_owner(database) as owner:
        owner.execute(
            text("UPDATE geoapp.complaint_event SET actor = 'x' WHERE id = :id"), {"id": event}
        )
        ticket = owner.execute(
            text("SELECT ticket FROM geoapp.complaint_event WHERE id = :id"), {"id": event}
        ).scalar_one()
    (finding,) = verified(database).findings.named
    assert (finding.event_id, finding.ticket, finding.seal) == (event, ticket, 2)
