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

from geoapp.domain.filters import ComplaintFilter  # noqa: E402
from geoapp.embedded import Cluster  # noqa: E402
from geoapp.settings import Settings  # noqa: E402
from geoapp.store import migrate  # noqa: E402
from geoapp.store.database import Database  # noqa: E402
from geoapp.usecases import (  # noqa: E402
    audit,
    cities,
    demo_people,
    digest,
    hotspots,
    livemap,
    simulation,
)
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
    "login": "/login",
}
# By whom (the beginning of a demo account's address), and where.
STAFF_PAGES = {
    "queue": ("operator", "/agency?duty=open"),
    "queue-agency": ("agency-admin", "/agency?duty=open"),
    "entry": ("operator", "/entry"),
    "numbers": ("agency-head", "/agency/numbers"),
    "digest": ("agency-head", "/agency/digest"),
    "field": ("field-officer", "/field"),
    "admin": ("city-admin", "/admin"),
    "admin-people": ("city-admin", "/admin/people"),
    "admin-invite": ("city-admin", "/admin/people/invite"),
    "admin-services": ("city-admin", "/admin/services"),
    "admin-holidays": ("city-admin", "/admin/holidays"),
    "admin-log": ("auditor", "/admin/log"),
    "audit": ("auditor", "/audit"),
    "account": ("auditor", "/account"),
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
            _take_staff(browser, server, database, city, out)
        browser.close()
        database.dispose()
    (ROOT / "docs" / "images").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(out / "map-hotspots-1440.png", ROOT / "docs" / "images" / "map.png")


def _of_one_complaint(database: Database, city: Any) -> dict[str, str]:
    wanted = ComplaintFilter.parse(
        {"group": "road", "status": "in_progress"}, now=datetime.now(UTC), timezone=city.timezone
    )
    found = livemap.complaint_page(database, city, wanted, limit=1).complaints
    ticket = found[0].ticket if found else ""
    return {"map-card": f"/?open={ticket}", "ticket": f"/c/{ticket}"} if ticket else {}


def _take_staff(browser: Browser, server: Server, database: Database, city: Any, out: Path) -> None:
    """The pages of staff, each as one who may see it; a case as operator and as auditor."""
    passwords = {
        person.email: person.password
        for person in demo_people.create(database, city, lambda _: None)
    }
    audit.seal_all(database, city, Path(tempfile.mkdtemp()))
    digest.make_due(database)
    tickets = livemap.complaint_page(
        database,
        city,
        ComplaintFilter.parse(
            {"group": "street_light", "status": "open"},
            now=database.now(),
            timezone=city.timezone,
        ),
        limit=1,
    ).complaints
    pages = dict(STAFF_PAGES)
    for found in tickets:
        pages |= {
            "case": ("operator", f"/case/{found.ticket}"),
            "case-auditor": ("auditor", f"/case/{found.ticket}"),
        }
    states: dict[str, Any] = {}
    for name, (who, path) in pages.items():
        for size, options in SIZES.items():
            if who not in states:
                states[who] = _signed_in(browser, server, who, passwords)
            file = out / f"{name}-{size}.png"
            _take(browser, server, path, options | {"storage_state": states[who]}, file)
            print(file.name)


def _signed_in(browser: Browser, server: Server, who: str, passwords: dict[str, str]) -> Any:
    email = next(email for email in passwords if email.startswith(who))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/login")
    page.fill("#email", email)
    page.fill("#password", passwords[email])
    page.click("main button[type=submit]")
    page.wait_for_load_state("load")
    state = context.storage_state()
    context.close()
    return state


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
