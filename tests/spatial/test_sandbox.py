"""A file is read in a process of its own: with the same result, and an end in any case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geoapp.domain.boundary import BoundaryFile, Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial import sandbox, sandbox_child
from geoapp.spatial.files import ReadOptions, read_boundaries
from geoapp.spatial.lines import read_lines
from tests.spatial.boundary_files import ENVELOPE, collection, degrees, square
from tests.spatial.written_files import FORMATS, frame

CITY = {"city_code": "15.71", "layer": Layer.KELURAHAN, "metric_srid": 32748}
OPTIONS = ReadOptions(envelope=ENVELOPE)


def read(path: Path, **more: Any) -> BoundaryFile:
    return sandbox.read(path, **{**CITY, "options": OPTIONS, **more})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(collection(square("a", 0), square("b", 1_000, kecamatan="K"))))
    return path


def child(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Put *code* in the place of the module that reads."""
    package = folder / "stand-in" / "geoapp" / "spatial"
    package.mkdir(parents=True)
    for part in (package.parent, package):
        (part / "__init__.py").touch()
    (package / "sandbox_child.py").write_text(code)
    monkeypatch.setattr(
        sandbox, "_environment", lambda _folder: {"PYTHONPATH": str(folder / "stand-in")}
    )


@pytest.mark.long
def test_the_result_is_the_very_one_of_reading_it_here(
    file: Path, tmp_path: Path, shared: Path
) -> None:
    assert read(file) == read_boundaries(file, **CITY, options=OPTIONS)  # type: ignore[arg-type]
    packed = FORMATS["GeoPackage"](frame("big"), tmp_path)
    assert read(packed) == read_boundaries(packed, **CITY, options=OPTIONS)  # type: ignore[arg-type]
    # With gaps, overlaps and repairs in its report.
    real = shared / "boundaries/kota-jambi/kelurahan.geojson"
    west = ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467))
    found = read(real, options=west)
    assert found == read_boundaries(real, **CITY, options=west)  # type: ignore[arg-type]
    assert (len(found.report.gaps), len(found.report.overlaps)) == (193, 114)


def test_roads_too(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    line = {"type": "LineString", "coordinates": degrees([[0, 0], [1_000, 0]])}
    content = collection(
        {"type": "Feature", "properties": {"name": "A", "status": "x"}, "geometry": line}
    )
    path.write_text(json.dumps(content))
    options = ReadOptions(envelope=ENVELOPE, authority_words={"X": "nation"})
    found = sandbox.read_lines(path, metric_srid=32748, options=options)
    assert found == read_lines(path, metric_srid=32748, options=options)
    assert [line.authority for line in found.lines] == ["nation"]


def test_a_refusal_comes_across_whole(tmp_path: Path) -> None:
    path = tmp_path / "empty.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(BoundaryFileError) as here:
        read_boundaries(path, **CITY)  # type: ignore[arg-type]
    with pytest.raises(BoundaryFileError) as there:
        read(path)
    assert there.value.message == here.value.message
    assert there.value.remedy == here.value.remedy
    assert there.value.fields == here.value.fields


def test_a_refusal_that_no_utf8_has_comes_across_too(tmp_path: Path) -> None:
    path = tmp_path / "odd.geojson"
    crs = {"type": "name", "properties": {"name": "local\ud800"}}
    path.write_text(json.dumps(collection(square("a", 0), crs=crs)))
    with pytest.raises(BoundaryFileError, match=r"The CRS 'local\\ud800' isn't known"):
        read(path)
    odd = {"type": "Feature", "properties": {"code": "a"}, "geometry": {"type": "P\ud800"}}
    path.write_text(json.dumps(collection(odd)))
    with pytest.raises(BoundaryFileError, match=r"P\\ud800"):
        read(path)


def test_what_takes_too_long_is_killed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, tmp_path, "while True: pass")
    began = time.monotonic()
    with pytest.raises(BoundaryFileError, match="took more than 1 s and was stopped"):
        read(file, seconds=1)
    assert time.monotonic() - began < 20
    assert not _children()


def test_what_takes_too_much_memory_is_killed_by_who_watches(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, tmp_path, "held = bytearray(300_000_000)\nwhile True: pass")
    with pytest.raises(BoundaryFileError, match="more than 200 MB of memory") as caught:
        read(file, memory_mb=200)
    assert "simplify" in caught.value.remedy
    assert not _children()


def test_the_child_bounds_itself_too(tmp_path: Path) -> None:
    # 64 MB are for the libraries' pages, and Python with them takes some 60 more.
    code = (
        "from geoapp.spatial import sandbox_child as c, sandbox_wire as w\n"
        "c._bound(w.Limits(256, 60))\n"
        "try: bytearray(200_000_000)\n"
        "except MemoryError: print('bounded')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "bounded\n"
    assert sandbox_child.LIBRARIES_MB < sandbox.MEMORY_MB


def test_running_into_the_bound_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    path.write_bytes(b'{"a": "' + b"x" * 60_000_000 + b'"}')
    with pytest.raises(BoundaryFileError, match="more than 200 MB of memory"):
        read(path, memory_mb=200)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.abort()", "ended by SIGABRT"),
        ("import os; os.kill(os.getpid(), 11)", "ended by SIGSEGV"),
        ("raise IndexError('of the secret')", "failed with IndexError"),
        ("", "its answer can't be understood"),
        ("import sys; open(sys.argv[1], 'w').write('{\"areas\": 7}')", "can't be understood"),
        ("import sys; open(sys.argv[1], 'w').write('{}')", "it gave no areas"),
    ],
)
def test_whatever_breaks_the_child_is_an_error_about_the_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    child(monkeypatch, tmp_path, code)
    with pytest.raises(BoundaryFileError, match=said) as caught:
        read(file)
    assert "secret" not in caught.value.message


def test_the_child_sees_nothing_of_the_environment(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOAPP_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    given = sandbox._environment(tmp_path)
    assert not [name for name in given if name.startswith(("GEOAPP", "HTTP", "PG"))]
    assert read(file).source == "areas.geojson"


def test_gdal_in_the_child_has_the_needed_drivers_alone() -> None:
    code = (
        "import pyogrio\n"
        "from geoapp.spatial.readers import ogr\n"
        "ogr.restrict()\n"
        "print(sorted(pyogrio.list_drivers()))\n"
        "print(pyogrio.get_gdal_config_option('OGR_SQLITE_ALLOW_EXTERNAL_ACCESS'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "['ESRI Shapefile', 'FlatGeobuf', 'GPKG', 'MEM']\nFalse\n"


def test_a_worker_of_greenlets_serves_others_while_a_file_is_read(file: Path) -> None:
    # In a process of its own: gevent's patches can't be taken back.
    code = f"""
from gevent import monkey
monkey.patch_all()
import gevent
from pathlib import Path
from geoapp.domain.boundary import Layer
from geoapp.spatial import sandbox
from geoapp.spatial.options import ReadOptions
turns = [0]
def others():
    while True:
        gevent.sleep(0.01)
        turns[0] += 1
gevent.spawn(others)
found = sandbox.read(Path({str(file)!r}), city_code="15.71", layer=Layer.KELURAHAN,
                     metric_srid=32748, options=ReadOptions(envelope={ENVELOPE}))
print(len(found.areas), turns[0] > 10)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "2 True\n", done.stderr


def test_an_interrupted_wait_leaves_no_child(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, tmp_path, "while True: pass")

    def interrupt(_pid: int) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(sandbox, "_resident_mb", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read(file)
    assert not _children()


def _children() -> list[str]:
    """Processes that were started from here and still run."""
    mine = str(os.getpid())
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_text()
            except OSError:
                continue
            if stat[1] == mine and "sandbox_child" in words:
                found.append(words)
    return found
