"""The rungs binaries come from."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from geoapp.embedded import binaries, packages
from geoapp.errors import ClusterError

from .conftest import silent


def _server(root: Path, version: str, *, postgis: bool) -> None:
    bindir = root / "usr/lib/postgresql" / version / "bin"
    bindir.mkdir(parents=True)
    (bindir / "postgres").touch()
    extension = root / "usr/share/postgresql" / version / "extension"
    extension.mkdir(parents=True)
    if postgis:
        (extension / "postgis.control").touch()


def test_newest_server_with_postgis_is_taken(tmp_path: Path) -> None:
    _server(tmp_path, "9.6", postgis=True)
    _server(tmp_path, "14", postgis=True)
    _server(tmp_path, "15", postgis=True)
    _server(tmp_path, "16", postgis=False)
    found = binaries.find(tmp_path)
    assert found is not None
    assert (found.version, found.bindir) == (15, tmp_path / "usr/lib/postgresql/15/bin")


def test_existing_data_decides_the_version(tmp_path: Path) -> None:
    _server(tmp_path, "14", postgis=True)
    _server(tmp_path, "15", postgis=True)
    found = binaries.find(tmp_path, version=14)
    assert found is not None
    assert found.version == 14
    assert binaries.find(tmp_path, version=13) is None


def test_no_rung_left_says_what_each_lacked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        binaries.obtain(tmp_path, progress=silent, version=7, rungs=("system",))
    assert "no PostgreSQL 7 with PostGIS is installed" in caught.value.message
    assert "GEOAPP_DATABASE_URL" in caught.value.remedy


def test_data_of_an_unknown_version_is_named(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("banana\n")
    with pytest.raises(ClusterError, match="banana"):
        binaries.data_version(tmp_path)


def test_half_unpacked_packages_are_not_used(tmp_path: Path) -> None:
    _server(tmp_path / "packages", "15", postgis=True)
    with pytest.raises(ClusterError):
        binaries.obtain(tmp_path, progress=silent, version=15, rungs=())


@pytest.fixture
def nobodys_home(open_folder: Path) -> Path:
    home = open_folder / "home"
    home.mkdir()
    if os.geteuid() == 0:
        shutil.chown(home, "nobody")
    return home


@pytest.mark.slow
def test_without_root_and_without_postgresql_the_packages_are_unpacked_and_work(
    open_folder: Path, nobodys_home: Path
) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None or shutil.which("apt-get") is None:
        pytest.skip("missing tool: apt-get, and a python3 every user can reach")
    # The point of Jambi's city hall and its UTM zone: PROJ must find its data as well.
    script = (
        "import subprocess\n"
        "from pathlib import Path\n"
        "from geoapp.embedded import Cluster\n"
        f"home = Path({str(nobodys_home)!r})\n"
        "cluster = Cluster.prepare(home, progress=print, rungs=('unpack',))\n"
        "with cluster:\n"
        "    cluster.create_database('kota')\n"
        "    program = Path(f'/proc/{cluster.pid}/exe').readlink()\n"
        "    assert program.is_relative_to(home), program\n"
        '    question = "SELECT ST_SRID(g), ST_X(g)::int FROM ST_Transform("\n'
        '    question += "ST_SetSRID(ST_Point(105, 0), 4326), 32748) AS g"\n'
        "    psql = subprocess.run([cluster.binaries.program('psql'), '-h', cluster.sockets,\n"
        "        '-U', 'geoapp_app', '-d', 'kota', '-Atc', question], text=True, check=True,\n"
        "        env=dict(cluster.binaries.environment), capture_output=True)\n"
        "    print('answer', psql.stdout)\n"
    )
    become = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    done = subprocess.run(
        [*(become if os.geteuid() == 0 else []), python, "-c", script],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(open_folder / "source"),
             "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/", capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    # By definition of UTM the central meridian of zone 48 (105° E) has easting 500 000 m.
    assert "answer 32748|500000" in done.stdout, done.stdout + done.stderr


def test_closure_leaves_out_what_the_server_never_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = """postgresql-15-postgis-3
  Depends: postgresql-15
  Depends: libgdal32
  Depends: libproj25
  Depends: <virtual-thing>
    some-provider
postgresql-15
 |Depends: locales
  Depends: libllvm14
  PreDepends: libicu72
libgdal32
  Depends: libonlygdalneeds1
libproj25
  Depends: proj-data
  Depends: libalreadyhere1
"""
    monkeypatch.setattr(packages, "_installed", lambda: {"libalreadyhere1", "postgresql-15"})
    monkeypatch.setattr(
        packages.process, "run",
        lambda *_a, **_k: subprocess.CompletedProcess([], 0, stdout=listing, stderr=""),
    )  # fmt: skip
    assert packages.closure("postgresql-15-postgis-3") == [
        "libicu72", "libproj25", "postgresql-15", "postgresql-15-postgis-3",
        "postgresql-15-postgis-3-scripts", "postgresql-client-15", "proj-data",
    ]  # fmt: skip
