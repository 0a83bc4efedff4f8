"""The program as a stranger gets it: built, installed elsewhere, run without the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAPPED = {
    "boundaries": "geoapp/boundaries",
    "map_templates": "geoapp/map_templates",
    "migrations": "geoapp/migrations",
    "geoapp": "geoapp",
}
# Sources of the built bundles, and texts translated at build time, stay in the repository.
LEFT_OUT = ("geoapp/web/static/js/", "geoapp/web/static/css/", "geoapp/translations/")

SHOW_MAP = """
import sys
from pathlib import Path
from geoapp import resources
from geoapp.app import create_app
from geoapp.settings import Settings
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities

owner, runtime, home = sys.argv[1:]
assert "site-packages" in str(resources.path("map_templates")), resources.path("map_templates")
migrate.upgrade(owner)
database = Database(runtime)
cities.load_default(database)
app = create_app(Settings(home=Path(home), tile_url="none"), database)
client = app.test_client()
for path in ("/", "/report", "/about", "/api/v1/services", "/static/dist/map.js"):
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, (path, answer.data[:300])
page = client.get("/").get_data(as_text=True)
assert "geoapp_map" in page and "Kota Jambi" in page
print("shown")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    # A copy, because setuptools would carry over what an earlier build left in build/.
    source = out / "source"
    leave = ("*.egg-info", ".[a-z]*", "build", "node_modules", "screenshots", "__pycache__")
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*leave))
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_everything_needed_at_run_time_is_in_the_wheel(wheel: Path):
    inside = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", *MAPPED],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    missing = []
    for name in listed:
        top, _, rest = name.partition("/")
        target = f"{MAPPED[top]}/{rest}"
        if (ROOT / name).exists() and not name.startswith(LEFT_OUT) and target not in inside:
            missing.append(name)
    assert not missing
    assert {"geoapp/web/static/dist/map.js", "geoapp/web/static/dist/leaflet.js"} <= inside
    assert "geoapp/translations/id/LC_MESSAGES/messages.mo" in inside


def test_the_installed_wheel_migrates_a_database_and_shows_the_map(wheel, cluster, tmp_path):
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies of this environment, without its link to the checkout: .pth files
    # are only read in site folders, not in folders that a .pth adds.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    cluster.create_database("from_wheel")
    shown = subprocess.run(
        [
            python,
            "-c",
            SHOW_MAP,
            cluster.url("geoapp_owner", "from_wheel"),
            cluster.url("geoapp_app", "from_wheel"),
            str(tmp_path / "home"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.strip() == "shown", shown.stderr[-2000:]
