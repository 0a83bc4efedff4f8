"""What a citizen said is sealed too: a digest of the words stands in the first event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.channels.csv_profile import load_profile
from geoapp.domain.seal import Fault
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from geoapp.usecases import audit
from geoapp.usecases.intake_bulk import import_complaints
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.sealed_history import verified
from tests.support import default_city, send

WORDS = "Lubang besar — 2 m, di depan Masjid ☪"


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def told(module_database: Database, tmp_path: Path) -> tuple[Database, str]:
    """A sealed history of two complaints; the ticket of the first."""
    with as_owner(module_database) as owner:
        owner.execute(
            text(
                "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event,"
                " geoapp.seal, geoapp.event_digest, geoapp.erasure CASCADE"
            )
        )
    ticket = send(module_database, description=WORDS)["ticket"]
    send(module_database, description=WORDS)
    audit.seal_all(module_database, default_city(module_database), tmp_path)
    assert verified(module_database).clean
    return module_database, ticket


def change(database: Database, *commands: str, ticket: str) -> None:
    with as_owner(database) as owner:
        for command in commands:
            owner.execute(text(command), {"ticket": ticket})


def test_the_first_event_holds_a_salted_digest_of_the_words(told: tuple[Database, str]) -> None:
    database, _ = told
    with as_owner(database) as owner:
        one, other = owner.execute(
            text("SELECT data FROM geoapp.complaint_event WHERE kind = 'submitted'")
        ).scalars()
    assert set(one) == {"words", "salt"}
    assert one["words"] == hashlib.sha256((one["salt"] + WORDS).encode()).hexdigest()
    assert len(one["salt"]) == 32
    assert one["words"] != other["words"], "the same words must not be recognisable"


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE geoapp.complaint SET description = description || ' ' WHERE ticket = :ticket",
        "UPDATE geoapp.complaint SET description = '' WHERE ticket = :ticket",
        "UPDATE geoapp.complaint SET description = NULL WHERE ticket = :ticket",
    ],
)
def test_words_that_were_rewritten_are_found(told: tuple[Database, str], command: str) -> None:
    database, ticket = told
    change(database, command, ticket=ticket)
    report = verified(database)
    assert report.findings.counts == {Fault.WORDS: 1}
    (finding,) = report.findings.named
    assert finding.text == f"The words of {ticket} aren't those it was submitted with."
    assert finding.ticket == ticket


EVENT = "(SELECT id FROM geoapp.complaint_event WHERE ticket = :ticket)"
ERASE = (
    "UPDATE geoapp.complaint SET description = '' WHERE ticket = :ticket",
    "UPDATE geoapp.complaint_event SET data = '{}' WHERE ticket = :ticket",
    f"UPDATE geoapp.event_digest SET salt = NULL WHERE event_id = {EVENT}",
)


def test_erased_words_need_a_record(told: tuple[Database, str]) -> None:
    database, ticket = told
    change(database, *ERASE, ticket=ticket)
    assert verified(database).findings.counts == {Fault.ALTERED: 1}
    change(
        database,
        "INSERT INTO geoapp.erasure (city_code, event_id, actor, reason)"
        f" VALUES ('15.71', {EVENT}, 'account:1', 'asked for by the reporter')",
        ticket=ticket,
    )
    report = verified(database)
    assert report.clean
    assert len(report.erased) == 1


def test_without_words_there_is_nothing_to_compare(told: tuple[Database, str]) -> None:
    database, _ = told
    ticket = send(database, description=None)["ticket"]
    with as_owner(database) as owner:
        data = owner.execute(
            text("SELECT data FROM geoapp.complaint_event WHERE ticket = :ticket"),
            {"ticket": ticket},
        ).scalar_one()
    assert data == {}


def test_each_complaint_of_a_batch_has_a_digest_and_a_salt_of_its_own(
    told: tuple[Database, str], tmp_path: Path
) -> None:
    database, _ = told
    city = default_city(database)
    file = tmp_path / "list.csv"
    file.write_text(
        "id,service,submitted_at,lon,lat,description,landmark,status\n"
        + "".join(
            f'{n},pothole,2026-11-01T08:00:00,103.6142,-1.616,"{WORDS}",,submitted\n'
            for n in range(3)
        )
    )
    done = import_complaints(database, city, file, load_profile("plain"))
    assert done.stored == 3
    with as_owner(database) as owner:
        found = (
            owner.execute(
                text(
                    "SELECT event.data FROM geoapp.complaint_event AS event"
                    " JOIN geoapp.complaint USING (city_code, ticket) WHERE channel = 'import'"
                )
            )
            .scalars()
            .all()
        )
    assert len({data["salt"] for data in found}) == 3
    for data in found:
        assert data["words"] == hashlib.sha256((data["salt"] + WORDS).encode()).hexdigest()
    audit.seal_all(database, city, tmp_path)
    assert verified(database).clean
