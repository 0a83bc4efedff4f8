"""Pictures of every page, phone and laptop, from a real server with a simulated season.

    python scripts/screenshots.py [FOLDER]

Writes PNG files into screenshots/ (or FOLDER), and the one the README shows.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from geoapp.embedded import Cluster  # noqa: E402
from geoapp.settings import Settings  # noqa: E402
from geoapp.store import migrate  # noqa: E402
from geoapp.store.database import Database  # noqa: E402
from geoapp.usecases import cities, hotspots, livemap, simulation  # noqa: E402
from tests.servers import Server, serve  # noqa: E402

SIZES: dict[str, dict[str, Any]] = {
    "360": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
    "1440": {"viewport": {"width": 1440, "height": 900}},
    "1920": {"viewport": {"width": 1920, "height": 1080}},
}
PAGES = {
    "map": "/",
    "map-en": "/?lang=en",
    "map-hotspots": "/?layers=points,hotspots",
    "map-density": "/?layers=density&status=all",
    "map-street": "/?map=16/-1.6045/103.6105",
    "map-empty": "/?group=tree&kelurahan=15.71.02.1001",
    "report": "/report",
    "about": "/about",
    "not-found": "/c/JBI-0000-0000",
}


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "screenshots"
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium isn't installed; make test installs it.")
    with (
        tempfile.TemporaryDirectory() as home,
        Cluster.prepare(Path(home), progress=print, settings={"fsync": "off"}) as cluster,
        sync_playwright() as playwright,
    ):
        cluster.create_database("pictures")
        migrate.upgrade(cluster.url("geoapp_owner", "pictures"))
        database = Database(cluster.url("geoapp_app", "pictures"))
        city = cities.load_default(database)
        now = datetime.now(UTC)
        simulation.simulate(database, city, days=120, seed=1, now=now)
        hotspots.compute_all(database, Settings(), city.code, now)
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with serve(database.url, Path(home) / "server") as server:
            pages = PAGES | _of_one_complaint(database, city)
            for name, path in pages.items():
                for size, options in SIZES.items():
                    _take(browser, server, path, options, out / f"{name}-{size}.png")
                    print(f"{name}-{size}.png")
        browser.close()
        database.dispose()
    (ROOT / "docs" / "images").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(out / "map-hotspots-1440.png", ROOT / "docs" / "images" / "map.png")


def _of_one_complaint(database: Database, city: Any) -> dict[str, str]:
    from geoapp.domain.filters import ComplaintFilter

    wanted = ComplaintFilter.parse(
        {"group": "road", "status": "in_progress"}, now=datetime.now(UTC), timezone=city.timezone
    )
    found = livemap.complaint_page(database, city, wanted, limit=1).complaints
    ticket = found[0].ticket if found else ""
    return {"map-card": f"/?open={ticket}", "ticket": f"/c/{ticket}"} if ticket else {}


def _take(browser: Browser, server: Server, path: str, options: dict[str, Any], file: Path) -> None:
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(f"{server.url}{path}")
    page.wait_for_load_state("load")
    # The live feed keeps the network busy for ever; a quiet second after the last tile is enough.
    page.wait_for_timeout(1500)
    page.screenshot(path=str(file))
    context.close()


if __name__ == "__main__":
    main()
