"""``geoapp privacy`` as whoever runs the server uses it."""

from __future__ import annotations

import csv
import json
import re
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geoapp.cli import main
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import contacts, privacy
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.people import hire
from tests.privacy_world import report


@pytest.fixture
def world(jambi: Database) -> World:
    return World.build(jambi)


@pytest.fixture
def home(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOAPP_DATABASE_URL", world.database.url)
    monkeypatch.setenv("GEOAPP_HOME", str(tmp_path))
    monkeypatch.setenv("GEOAPP_SECRET_KEY", "test-only" * 8)
    return tmp_path


def run(*words: str, **named: str) -> Result:
    return CliRunner().invoke(main, ["privacy", *words], **named)


def test_export_erase_and_again(world: World, home: Path) -> None:
    settings = Settings.from_env()
    siti = report(world, settings, FolderStorage(home / "photos"), "siti")
    target = home / "siti.zip"
    done = run("export", "--email", str(siti.contact.email), "--to", str(target))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert "mark-siti-note" in json.dumps(json.loads(archive.read("data.json")))
    assert "mark-siti" not in done.output

    asked = run("erase", "--ticket", siti.ticket, "--reason", "letter 12", input="n\n")
    assert asked.exit_code == 1
    assert world.row(siti.ticket).description is not None
    for reason in ("", "ok"):
        assert run("erase", "--ticket", siti.ticket, "--reason", reason, "--yes").exit_code == 2
    done = run("erase", "--ticket", siti.ticket, "--reason", "letter 12", "--yes")
    assert done.exit_code == 0, done.output
    assert "Erased: 1 reports, 5 events, 1 photos, 1 contacts." in done.output
    assert world.row(siti.ticket).description is None
    assert "0 reports" in run("again").output
    assert (
        run("erase", "--email", "nobody@example.org", "--reason", "letter", "--yes").exit_code == 1
    )


def test_a_copy_of_the_list_is_carried_out_on_another_machine(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FolderStorage(home / "photos")
    siti = report(world, Settings.from_env(), storage, "siti")
    copy = home / "copy.jsonl"
    copy.write_text(
        json.dumps(
            {
                "at": "2026-11-22T00:00:00+00:00",
                "request": "0123456789abcdef",
                "what": "report",
                "ticket": siti.ticket,
                "by": "citizen",
            }
        )
        + '\n{"at": "cut'
    )
    elsewhere = home / "elsewhere"
    monkeypatch.setenv("GEOAPP_HOME", str(elsewhere))
    done = run("again", "--list", str(copy))
    assert done.exit_code == 0
    # how she could be reached went with her report
    assert done.output.splitlines()[-1] == "Erased again: 1 reports, 1 contacts."
    assert world.row(siti.ticket).description is None
    assert siti.ticket in (elsewhere / f"erasures-{world.city.slug}.jsonl").read_text()
    copy.write_text("nonsense\n")
    assert run("again", "--list", str(copy)).exit_code == 2


def test_a_breach_from_the_command_line(world: World, home: Path) -> None:
    settings = Settings.from_env()
    siti = report(world, settings, FolderStorage(home / "photos"), "siti")
    report(world, settings, FolderStorage(home / "photos"), "budi")
    reader = hire(world.database, "operator")
    contacts.read(world.database, Vault(settings), world.city, reader, siti.ticket, "curious")
    since = world.database.now() - timedelta(days=1)
    people, notice = home / "people.csv", home / "notice.txt"
    done = run(
        "breach", "--account", str(reader.account_id), "--since", f"{since:%Y-%m-%d}",
        "--people", str(people), "--notice", str(notice),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    # Times are the city's, and said in words; nothing of the program's own codes.
    assert re.search(r"To be told by \d{4}-\d\d-\d\d \d\d:\d\d WIB\n", done.output)
    assert "To notify: 1 report, 1 address\n" in done.output
    assert not re.search(r"\+00:00|account:\d|step:", done.output)
    with people.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [row["tiket"] for row in rows] == [siti.ticket]
    ahead = run(
        "breach", "--account", str(reader.account_id), "--since", f"{since:%Y-%m-%d}",
        "--until", f"{since + timedelta(days=9):%Y-%m-%d}",
    )  # fmt: skip
    assert ahead.exit_code != 0
    assert "until lies in the future" in ahead.output
    assert rows[0]["surel"] == siti.contact.email
    assert stat.S_IMODE(people.stat().st_mode) == 0o600
    assert "PEMBERITAHUAN" in notice.read_text()
    with as_owner(world.database) as owner:
        noted = owner.execute(
            text("SELECT count(*) FROM geoapp.contact_access WHERE actor = 'system'")
        ).scalar_one()
    assert noted == 1
    newest = privacy.requests(world.database, world.city, world.city_admin, before=None, most=1)
    assert newest[0].kind == "breach"


def test_retention_by_command(world: World, home: Path) -> None:
    assert home.is_dir()
    assert run("retain").output == "0 contacts and 0 marks went.\n"
