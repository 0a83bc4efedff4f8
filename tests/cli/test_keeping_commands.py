"""``geoapp audit``, ``backup``, ``restore``, ``practice`` on a server given by its address."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.cli import main
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.databases import drop
from tests.support import send

Run = Callable[..., Result]


@pytest.fixture
def run(
    jambi: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Run]:
    """Runs ``geoapp …`` as the schema's owner, who may also make databases with PostGIS."""
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    admin = create_engine(
        cluster.url("postgres", "postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text("ALTER ROLE geoapp_owner SUPERUSER"))
        yield lambda *words: CliRunner().invoke(main, [str(word) for word in words])
        connection.execute(text("ALTER ROLE geoapp_owner NOSUPERUSER"))
    admin.dispose()


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="absent: pg_dump on the PATH")
def test_from_a_seal_to_a_restored_database(
    run: Run, jambi: Database, cluster: Cluster, tmp_path: Path
) -> None:
    ticket = send(jambi)["ticket"]
    assert "1 new seals" in run("audit", "seal").output
    clean = run("audit", "verify")
    assert (clean.exit_code, "nothing was changed" in clean.output) == (0, True)

    file = tmp_path / "kept.tar"
    assert "1 complaints" in run("backup", file).output
    refused = run("restore", file)
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr

    send(jambi)
    assert "1 new seals" in run("audit", "seal").output
    with as_owner(jambi) as owner:
        owner.execute(text("UPDATE geoapp.complaint_event SET actor = 'nobody'"))
    found = run("audit", "verify", "--city", "kota-jambi")
    assert found.exit_code == 1
    assert f"of {ticket} isn't what was sealed" in found.output

    jambi.engine.dispose()  # nobody may be connected
    restored = run("restore", "--replace", file)
    assert restored.exit_code == 0, restored.output
    assert "1 complaints of" in restored.output
    assert "nothing was changed" in restored.output
    assert "--acknowledge-restore" in restored.output
    before = restored.output.split("kept as '")[1].split("'")[0]
    drop(cluster, before)

    published = tmp_path / "home/seals/kota-jambi.jsonl"
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(published.read_bytes())
    told = run("audit", "verify")
    assert told.exit_code == 1
    assert "seal 2 was published and lost with it" in told.output
    assert run("audit", "verify", "--seals", published).exit_code == 1
    assert run("audit", "verify", "--seals", copy).exit_code == 0
    assert run("audit", "verify", "--acknowledge-restore").exit_code == 0

    published.unlink()
    assert run("audit", "verify").exit_code == 1
    assert "0 seals published" in run("audit", "publish").output
    assert not published.exists()
    assert "1 seals published" in run("audit", "publish", "--anew").output
    assert run("audit", "verify").exit_code == 0
    assert "file of before is kept as" in run("audit", "publish", "--anew").output


def test_a_file_that_is_no_backup_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Yth. Bapak Wali Kota " * 100)
    result = run("restore", "--replace", file)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    result = run("backup", file)
    assert result.exit_code == 2
    assert "no backup" in result.stderr


def test_a_practice_city_comes_and_goes(run: Run) -> None:
    made = run("practice", "reset", "--days", "2")
    assert made.exit_code == 0, made.output
    assert "Kota Jambi (latihan) is ready at /latihan" in made.output
    assert made.output.count("@latihan.example") == 6
    assert "latihan" in run("city", "list").output
    # beside it the real one needs no name
    assert "Kota Jambi (latihan) is gone" in run("practice", "remove").output
    assert "latihan" not in run("city", "list").output
    assert run("practice", "remove").exit_code == 1


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="absent: pg_dump on the PATH")
def test_what_was_erased_since_the_backup_is_erased_again_before_anybody_looks(
    run: Run, jambi: Database, cluster: Cluster, tmp_path: Path
) -> None:
    ticket = send(jambi, description="words of somebody")["ticket"]
    file = tmp_path / "kept.tar"
    assert run("backup", file).exit_code == 0
    erased = run("privacy", "erase", "--ticket", ticket, "--reason", "letter 12", "--yes")
    assert erased.exit_code == 0, erased.output
    jambi.engine.dispose()
    restored = run("restore", "--replace", file)
    assert restored.exit_code == 0, restored.output
    assert "1 reports that were erased since are erased again" in restored.output
    drop(cluster, restored.output.split("kept as '")[1].split("'")[0])
    with as_owner(jambi) as owner:
        told = owner.execute(text("SELECT description FROM geoapp.complaint")).scalars().all()
    assert told == [None]
