"""The published seals: what a crash, a restore, a lost or a rewritten file mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.domain.seal import Fault
from geoapp.embedded import Cluster
from geoapp.errors import InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import audit, published_seals
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.sealed_history import cut_to, fill, verified
from tests.support import default_city


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


def test_seals_that_were_not_published_before_a_crash_are_noted_and_published_next_time(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    city = default_city(database)
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.rindex(b"{") + 20])  # half of the third line
    report = verified(database, file)
    assert report.clean
    assert "last 1 seals aren't published yet" in report.notes[0]
    audit.publish(database, city, tmp_path)
    assert file.read_bytes() == whole


def test_a_file_that_goes_further_than_the_database_is_left_alone(
    sealed: tuple[Database, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database, file = sealed
    whole = file.read_bytes()
    cut_to(database, 1)
    assert audit.publish(database, default_city(database), tmp_path) == 0
    assert file.read_bytes() == whole
    assert "go further than the database" in caplog.text


def test_a_file_that_is_something_else_is_refused(sealed: tuple[Database, Path]) -> None:
    database, file = sealed
    file.write_text("ticket,status\n")
    with pytest.raises(InvalidInput, match="can't be read"):
        verified(database, file)


# -- somebody rewrote the history and laid hands on the file ---------------------------------


def rewritten(database: Database) -> None:
    """Everything of two days ago, one event another, and no seal any more."""
    with as_owner(database) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.assignment (city_code, complaint_id, decided_at, decided_by,"
                " agency_code, method, ambiguous) SELECT city_code, id, now() - interval '2 days',"
                " 'citizen', agency_code, 'covers', false FROM geoapp.complaint"
            )
        )
        owner.execute(
            text(
                "UPDATE geoapp.complaint_event SET actor = 'x' WHERE id ="
                " (SELECT min(id) FROM geoapp.complaint_event)"
            )
        )
    cut_seals(database)


def cut_seals(database: Database) -> None:
    with as_owner(database) as owner:
        owner.execute(text("DELETE FROM geoapp.event_digest"))
        owner.execute(text("DELETE FROM geoapp.seal"))


LOST: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "half a line": lambda file: file.write_bytes(file.read_bytes()[:40]),
}


@pytest.mark.parametrize("how", LOST)
def test_a_file_that_is_lost_is_found_and_never_begun_again_by_itself(
    sealed: tuple[Database, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    database, file = sealed
    city = default_city(database)
    LOST[how](file)
    left = file.read_bytes() if file.exists() else None
    report = verified(database, file)
    assert report.findings.counts == {Fault.PUBLISHED: 1}
    assert "publish --anew" in report.findings.named[0].text
    assert audit.seal_all(database, city, tmp_path) == 1
    assert (file.read_bytes() if file.exists() else None) == left
    assert "publish --anew" in caplog.text
    assert not verified(database, file).clean


@pytest.mark.parametrize("how", LOST)
def test_a_history_rewritten_with_the_file_lost_is_found_before_and_after_it_is_sealed_again(
    sealed: tuple[Database, Path], tmp_path: Path, how: str
) -> None:
    database, file = sealed
    rewritten(database)
    LOST[how](file)
    report = verified(database, file)
    assert report.findings.counts == {Fault.SEAL: 1}
    assert "Nothing is sealed" in report.findings.named[0].text
    assert audit.seal_all(database, default_city(database), tmp_path) == 1
    report = verified(database, file)
    assert report.findings.counts == {Fault.PUBLISHED: 1}


def test_a_file_whose_beginning_was_cut_off_is_found(sealed: tuple[Database, Path]) -> None:
    database, file = sealed
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    (finding,) = verified(database, file).findings.named
    assert "Seal 1 was never published, later ones were" in finding.text


def test_a_restore_that_an_attacker_noted_is_found(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    rewritten(database)
    with file.open("a") as handle:
        handle.write(json.dumps({"restored": "2026-11-20T00:00:00+00:00", "number": 0}) + "\n")
    audit.seal_all(database, default_city(database), tmp_path)
    report = verified(database, file)
    assert report.findings.counts == {Fault.RESTORED: 1}
    text_ = report.findings.named[0].text
    assert "seals 1 to 3 were published and lost with it" in text_
    assert "--acknowledge-restore" in text_


def test_nothing_sealed_is_as_it_should_be_in_a_city_that_begins(
    module_database: Database, tmp_path: Path
) -> None:
    fill(module_database, 2)
    city = default_city(module_database)
    file = published_seals.path(tmp_path, city.slug)
    assert verified(module_database, file).clean
    audit.publish(module_database, city, tmp_path)
    assert not file.exists()
    assert audit.seal_all(module_database, city, tmp_path) == 1
    assert [line.number for line in published_seals.read(file)] == [1]


def test_a_city_may_begin_with_letters_of_last_month(
    module_database: Database, tmp_path: Path
) -> None:
    fill(module_database, 2)
    with as_owner(module_database) as owner:
        owner.execute(text("UPDATE geoapp.complaint_event SET at = at - interval '30 days'"))
    city = default_city(module_database)
    file = published_seals.path(tmp_path, city.slug)
    assert verified(module_database, file).clean
    assert audit.seal_all(module_database, city, tmp_path) == 1
    report = verified(module_database, file)
    assert (report.clean, report.notes) == (True, [])


# -- what an operator does --------------------------------------------------------------------


def test_a_file_begun_anew_says_so_and_keeps_the_old_one(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    city = default_city(database)
    whole = file.read_bytes()
    count, aside = audit.publish_anew(database, city, tmp_path)
    assert count == 3
    assert aside is not None
    assert aside.read_bytes() == whole
    first, *rest = file.read_bytes().splitlines(keepends=True)
    assert set(json.loads(first)) == {"begun", "number"}
    assert b"".join(rest) == whole
    report = verified(database, file)
    assert report.clean
    assert "begun anew at" in report.notes[0]
    assert not published_seals.is_copy(file)
    audit.seal_all(database, city, tmp_path)
    assert verified(database, file).clean


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_lost_file_can_be_begun_anew(
    sealed: tuple[Database, Path], tmp_path: Path, how: str
) -> None:
    database, file = sealed
    LOST[how](file)
    assert audit.publish_anew(database, default_city(database), tmp_path) == (3, None)
    assert verified(database, file).clean


def test_a_file_is_begun_anew_at_its_beginning_only(sealed: tuple[Database, Path]) -> None:
    database, file = sealed
    with file.open("a") as handle:
        handle.write(json.dumps({"begun": "2026-11-20T00:00:00+00:00", "number": 0}) + "\n")
    with pytest.raises(InvalidInput, match="can't be read"):
        verified(database, file)


def test_a_restore_is_told_in_the_file_and_what_it_lost_is_named_until_it_is_acknowledged(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    city = default_city(database)
    cut_to(database, 1)
    assert verified(database, file).findings.counts == {Fault.PUBLISHED: 1}
    published_seals.note_restore(file, 1, database.now())
    report = verified(database, file)
    assert report.findings.counts == {Fault.RESTORED: 1}
    assert "seals 2 to 3 were published and lost" in report.findings.named[0].text
    report = audit.verify(database, city, file, acknowledged=True)
    assert report.clean
    assert "A backup that ends with seal 1 was restored" in report.notes[0]
    assert audit.seal_all(database, city, tmp_path) == 1
    assert [line.number for line in published_seals.read(file)] == [1, 2, 3, 1, 2]
    assert audit.verify(database, city, file, acknowledged=True).clean


def test_a_backup_takes_the_file_with_its_restores(
    sealed: tuple[Database, Path], tmp_path: Path
) -> None:
    database, file = sealed
    city = default_city(database)
    cut_to(database, 1)
    published_seals.note_restore(file, 1, database.now())
    audit.seal_all(database, city, tmp_path)
    whole = file.read_bytes()
    fill(database, 1, empty=False)
    audit.seal_all(database, city, tmp_path)  # after the backup's moment
    kept = tmp_path / "kept.jsonl"
    published_seals.copy(file, kept, up_to=2)
    assert kept.read_bytes() == whole
