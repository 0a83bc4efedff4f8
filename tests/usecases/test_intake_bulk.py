"""Importing complaints from files: whole, repeatable, and nothing lost silently."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geoapp.channels.csv_profile import Profile, load_profile
from geoapp.errors import DatabaseUnavailable, InvalidInput
from geoapp.spatial.bulk import BATCH
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, intake_bulk
from geoapp.usecases.intake_bulk import import_complaints

CITY = "15.71"
NOW = datetime(2026, 11, 19, 2, tzinfo=UTC)
HEADER = "id,service,submitted_at,lon,lat,description,landmark,status\n"


def write(path: Path, rows: list[str]) -> Path:
    path.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def row(number: int, *, service: str = "pothole", at: str = "2026-11-01T08:00:00") -> str:
    return f"{number},{service},{at},103.6142,-1.616,Lubang {number},,submitted"


def stored(database: Database) -> int:
    with database.transaction(Role.WORKER, CITY) as connection:
        return int(connection.execute(text("SELECT count(*) FROM geoapp.complaint")).scalar_one())


def test_an_import_that_is_run_again_stores_what_is_missing(
    jambi: Database, tmp_path: Path
) -> None:
    city = cities.find(jambi, CITY)
    path = write(tmp_path / "a.csv", [row(n) for n in range(30)])
    first = import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    assert (first.stored, first.known, first.rejected) == (30, 0, 0)
    write(path, [row(n) for n in range(40)])
    second = import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    assert (second.stored, second.known, second.rejected) == (10, 30, 0)
    assert stored(jambi) == 40


def test_an_interrupted_import_keeps_whole_batches_and_goes_on(
    jambi: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = cities.find(jambi, CITY)
    path = write(tmp_path / "a.csv", [row(n) for n in range(2 * BATCH)])
    calls = []
    original = intake_bulk.store_many

    def failing(connection, *rest, **names):  # type: ignore[no-untyped-def]
        answers = original(connection, *rest, **names)
        calls.append(len(answers))
        if len(calls) == 3:  # stored, but never committed
            raise DatabaseUnavailable("gone")
        return answers

    monkeypatch.setattr(intake_bulk, "store_many", failing)
    with pytest.raises(DatabaseUnavailable):
        import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    kept = sum(calls[:2])
    assert stored(jambi) == kept
    monkeypatch.setattr(intake_bulk, "store_many", original)
    again = import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    assert (again.known, again.stored) == (kept, 2 * BATCH - kept)
    assert stored(jambi) == 2 * BATCH


def test_rejected_rows_are_written_as_they_came_with_line_and_reason(
    jambi: Database, tmp_path: Path
) -> None:
    city = cities.find(jambi, CITY)
    rows = [
        row(1),
        row(2, service="dragon"),
        "3,pothole,tomorrow,103.6,-1.6,,,submitted",
        row(4, at="1999-01-01T00:00:00"),
        '5,pothole,2026-11-01T08:00:00,103.6,-1.6,"quoted, and\ntwo lines",,gone',
    ]
    path = write(tmp_path / "a.csv", rows)
    summary = import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    assert (summary.stored, summary.rejected) == (1, 4)
    assert summary.rejected_file == tmp_path / "a.csv.rejected.csv"
    with summary.rejected_file.open(encoding="utf-8", newline="") as handle:
        told = {r["id"]: r for r in csv.DictReader(handle)}
    assert {number: r["line"] for number, r in told.items()} == {
        "2": "3", "3": "4", "4": "5", "5": "7",
    }  # fmt: skip
    assert "no service 'dragon'" in told["2"]["reason"]
    assert told["3"]["reason"].startswith("submitted_at: 'tomorrow' is no date")
    assert "no service 'pothole' on that day" in told["4"]["reason"]
    assert told["5"]["description"] == "quoted, and\ntwo lines"

    write(path, [row(1)])
    import_complaints(jambi, city, path, load_profile("plain"), now=NOW)
    assert not (tmp_path / "a.csv.rejected.csv").exists()


def test_points_outside_are_kept_for_triage(jambi: Database, tmp_path: Path) -> None:
    city = cities.find(jambi, CITY)
    path = write(tmp_path / "a.csv", [row(1).replace("103.6142,-1.616", "106.82,-6.17")])
    assert import_complaints(jambi, city, path, load_profile("plain"), now=NOW).stored == 1
    with jambi.transaction(Role.WORKER, CITY) as connection:
        kept = connection.execute(
            text("SELECT assignment_method, kelurahan_code, agency_code FROM geoapp.complaint")
        ).one()
    assert kept.assignment_method == "outside"
    assert kept.kelurahan_code is None
    assert kept.agency_code == "pupr_bina_marga"  # the service's default agency


def test_a_profile_for_another_catalogue_is_noticed_before_the_first_row(
    jambi: Database, tmp_path: Path
) -> None:
    city = cities.find(jambi, CITY)
    with pytest.raises(InvalidInput, match="services that Kota Jambi doesn't have") as problem:
        import_complaints(jambi, city, tmp_path / "absent.csv", load_profile("boston_311"))
    assert problem.value.fields[0].field.startswith("services.map.")


def test_default_points_are_counted_and_named(jambi: Database, tmp_path: Path) -> None:
    city = cities.find(jambi, CITY)
    noted = Profile.model_validate(
        load_profile("plain").model_dump(mode="json", exclude_none=True)
        | {"points": [{"lon": 103.6142, "lat": -1.616, "note": "?", "means": "default_point"}]}
    )
    path = write(tmp_path / "a.csv", [row(1), row(2), row(3).replace("103.6142", "103.61")])
    summary = import_complaints(jambi, city, path, noted, now=NOW)
    assert list(summary.at_points.values()) == [2]


def test_the_command_imports_and_says_what_it_did(
    jambi: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geoapp.cli import main

    path = write(tmp_path / "a.csv", [row(1), row(2, service="dragon")])
    monkeypatch.setenv("GEOAPP_DATABASE_URL", str(jambi.url))
    command = ["complaints", "import", str(path), "--profile", "plain", "--city", "kota-jambi"]
    first = CliRunner().invoke(main, command)
    assert first.exit_code == 0, first.output
    assert "2 rows: 1 stored, 0 were there already, 1 rejected." in first.output
    assert "1 were there already" in CliRunner().invoke(main, command).output
    missing = CliRunner().invoke(main, [*command[:2], str(tmp_path / "no.csv"), *command[3:]])
    assert missing.exit_code == 2
    assert "can't be read" in missing.output
