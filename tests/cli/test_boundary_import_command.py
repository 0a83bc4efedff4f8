"""``geoapp boundaries import``: files, roads, addresses, and what it says afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geoapp.cli import main
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role
from tests.spatial.boundary_files import collection

Run = Callable[..., Result]


@pytest.fixture
def run(jambi: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``geoapp boundaries import …`` on the test's own database with the default city."""
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    words = ["boundaries", "import", "--city", "15.71"]
    return lambda *more: CliRunner().invoke(main, [*words, *(str(word) for word in more)])


def test_an_import_of_roads_and_its_words(run: Run, jambi: Database, tmp_path: Path) -> None:
    path = tmp_path / "ruas.geojson"
    line = {"type": "LineString", "coordinates": [[103.6, -1.62], [103.61, -1.62]]}
    path.write_text(
        json.dumps(
            collection(
                *(
                    {"type": "Feature", "properties": {"nama": n, "AUTRJL": a}, "geometry": line}
                    for n, a in (("Jl. A", "1"), ("Jl. B", "9"))
                )
            )
        )
    )
    unclear = run(path, "--layer", "road")
    assert unclear.exit_code == 2
    assert "AUTRJL doesn't say who keeps the roads: '1', '9'" in unclear.stderr
    wrong = run(path, "--layer", "road", "--authority-word", "1=nobody")
    assert wrong.exit_code == 2
    assert "city, province, nation" in wrong.stderr

    done = run(
        path, "--layer", "road", "--authority-word", "1=nation", "--authority-word", "9=city"
    )
    assert done.exit_code == 0, done.output
    assert "2 roads (city 1.1 km, nation 1.1 km), 4 vertices" in done.output
    with jambi.transaction(Role.WORKER, "15.71") as connection:
        rows = connection.execute(
            text("SELECT set_id, name, authority FROM geoapp.road_line ORDER BY name")
        ).all()
    assert [tuple(row[1:]) for row in rows] == [("Jl. A", "nation"), ("Jl. B", "city")]
    number = rows[0][0]
    for command in ("report", "preview", "activate"):
        assert f"geoapp boundaries {command} {number} --city 15.71" in done.output

    again = run(
        path, "--layer", "road", "--authority-word", "1=nation", "--authority-word", "9=city"
    )
    assert f"This very file is set {number} already" in again.output
    assert again.exit_code == 0


def test_what_is_neither_a_file_nor_an_address_is_told(run: Run, tmp_path: Path) -> None:
    for source, said in (
        (tmp_path / "absent.zip", "is neither a file nor a web address"),
        (tmp_path, "is neither a file nor a web address"),
        ("ftp://data.example/a.zip", "is neither a file nor a web address"),
        ("http://127.0.0.1:9/a.zip", "isn't a public address"),
    ):
        result = run(source)
        assert result.exit_code == 2
        assert said in result.stderr.replace("\n", " ")
        assert "Traceback" not in result.output
