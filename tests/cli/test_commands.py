"""The command line: what is printed, what is stored, how errors end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.cli import main
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role

Run = Callable[..., Result]


@pytest.fixture
def run(jambi: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``geoapp …`` on the test's own database with the default city."""
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.transaction(Role.WORKER, "15.71") as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_help_imports_neither_the_database_nor_geometry() -> None:
    code = (
        "import sys; from geoapp.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'numpy', 'shapely', 'flask', 'alembic'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.endswith("heavy: []\n")
    assert "boundaries" in done.stdout


def test_what_was_given_wrongly_ends_with_2_and_a_remedy(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    result = run("boundaries", "import", broken, "--city", "15.71")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) >= 2
    assert "Traceback" not in result.output


def test_an_unknown_city_ends_with_1_and_names_those_there_are(run: Run) -> None:
    result = run("boundaries", "list", "--city", "99.99")
    assert result.exit_code == 1
    assert "15.71 (kota-jambi)" in result.stderr


def test_a_misspelt_setting_ends_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOAPP_PORTT", "8000")
    result = run("city", "list")
    assert result.exit_code == 2
    assert "GEOAPP_PORTT" in result.stderr


def test_loading_a_city_twice_changes_nothing(run: Run, jambi: Database) -> None:
    folder = Path(__file__).resolve().parents[2] / "boundaries" / "kota-jambi"
    before = rows(jambi, "SELECT id, status, sha256 FROM geoapp.boundary_set ORDER BY id")
    assert run("city", "load", folder).exit_code == 0
    assert rows(jambi, "SELECT id, status, sha256 FROM geoapp.boundary_set ORDER BY id") == before


def test_an_import_is_staged_until_it_is_activated(run: Run, jambi: Database, shared: Path) -> None:
    file = shared / "boundaries/kota-jambi/wilayah_boundaries_kel_15.71.sql"
    staged = run("boundaries", "import", file, "--city", "kota-jambi", "--licence", "MIT")
    assert staged.exit_code == 0
    assert "68 areas" in staged.output
    query = (
        "SELECT id, status, licence, valid_from::text, valid_to::text FROM geoapp.boundary_set"
        " WHERE layer = 'kelurahan' ORDER BY id"
    )
    (old, new) = rows(jambi, query)
    assert (old[1], new[1], new[2]) == ("active", "staged", "MIT")

    activated = run("boundaries", "activate", new[0], "--city", "15.71", "--from", "2026-01-01")
    assert activated.exit_code == 0
    (old, new) = rows(jambi, query)
    assert (old[1], old[4]) == ("retired", "2026-01-01")
    assert new[1:] == ("active", "MIT", "2026-01-01", None)

    again = run("boundaries", "activate", new[0], "--city", "15.71")
    assert again.exit_code == 1
    assert "isn't staged" in again.stderr
    assert "15.71" not in run("boundaries", "list", "--city", "15.71").stderr


def test_a_file_of_another_layer_is_not_put_in_force_by_mistake(
    run: Run, jambi: Database, shared: Path
) -> None:
    file = shared / "boundaries" / "kota-jambi" / "kecamatan_published.geojson"
    words = ("boundaries", "import", file, "--city", "15.71", "--activate")
    result = run(*words)
    assert result.exit_code == 1
    assert "of the 68 kelurahan in force only 0 occur" in result.stderr.lower()
    in_force = (
        "SELECT version FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active'"
    )
    assert rows(jambi, in_force) == [("approximate-1",)]

    assert run(*words, "--other-codes").exit_code == 0
    assert rows(jambi, in_force) == [("kecamatan_published",)]


def test_a_database_of_another_version_is_told_without_a_traceback(
    run: Run, jambi: Database, cluster: Cluster
) -> None:
    name = jambi.engine.url.database or ""
    owner = create_engine(cluster.url("geoapp_owner", name), poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text("DROP TABLE geoapp.hotspot, geoapp.hotspot_run"))
    owner.dispose()
    result = run("hotspots", "compute", "--city", "15.71")
    assert result.exit_code == 1
    assert "geoapp db upgrade" in result.stderr


def test_kecamatan_keep_their_names_when_a_file_has_only_their_codes(
    run: Run, jambi: Database, shared: Path
) -> None:
    file = shared / "boundaries/kota-jambi/wilayah_boundaries_kel_15.71.sql"
    before = rows(
        jambi, "SELECT DISTINCT parent_code, parent_name FROM geoapp.area ORDER BY parent_code"
    )
    assert len(before) == 11
    assert all(name for _, name in before)
    assert run("boundaries", "import", file, "--city", "15.71", "--activate").exit_code == 0
    after = rows(
        jambi,
        "SELECT DISTINCT parent_code, parent_name FROM geoapp.area"
        " WHERE set_id = (SELECT max(set_id) FROM geoapp.area) ORDER BY parent_code",
    )
    assert after == before


def test_migrations_go_up_down_and_up_again_without_drift(run: Run, cluster: Cluster) -> None:
    # The owner may make databases, but only a superuser may add PostGIS to one.
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GEOAPP_DATABASE_URL")
        patch.delenv("GEOAPP_OWNER_DATABASE_URL")
        patch.setenv("GEOAPP_HOME", str(cluster.place.parent))
        result = run("db", "check")
    assert result.exit_code == 0, result.output
    assert "agree" in result.output


def test_a_difference_between_tables_and_migrations_is_reported(
    run: Run, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import Column, MetaData, Text

    from geoapp.store import migrate, tables

    altered = MetaData(schema="geoapp")
    for table in tables.metadata.sorted_tables:
        table.to_metadata(altered)
    altered.tables["geoapp.area"].append_column(Column("mayor", Text))
    monkeypatch.setattr(migrate, "metadata", altered)
    monkeypatch.delenv("GEOAPP_DATABASE_URL")
    monkeypatch.delenv("GEOAPP_OWNER_DATABASE_URL")
    monkeypatch.setenv("GEOAPP_HOME", str(cluster.place.parent))
    result = run("db", "check")
    assert result.exit_code == 1
    assert "mayor" in result.stderr
