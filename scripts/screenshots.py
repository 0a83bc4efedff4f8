"""Pictures of every page, phone and laptop, from a real server with a simulated season.

    python scripts/screenshots.py [FOLDER]

Writes PNG files into screenshots/ (or FOLDER), and those that the documents show.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from shapely.affinity import translate
from shapely.geometry import mapping, shape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from geoapp.domain.boundary import Layer  # noqa: E402
from geoapp.domain.filters import ComplaintFilter  # noqa: E402
from geoapp.embedded import Cluster  # noqa: E402
from geoapp.settings import Settings  # noqa: E402
from geoapp.store import migrate  # noqa: E402
from geoapp.store.database import Database  # noqa: E402
from geoapp.usecases import (  # noqa: E402
    activation,
    audit,
    boundary_import,
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
    "wall": ("operator", "/command?wall"),
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


# Pictures that the documents show, by what they are called there.
DOCUMENTED = {
    "map-hotspots-1440": "map",
    "wall-1920": "wall",
    "admin-boundary-map-1010": "boundary-map",
    "admin-boundary-preview-1010": "boundary-preview",
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
    for picture, name in DOCUMENTED.items():
        shutil.copyfile(out / f"{picture}.png", ROOT / "docs" / "images" / f"{name}.png")


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
    pages = STAFF_PAGES | _boundary_pages(database, city)
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
    for name in ("admin-boundary-map", "admin-boundary-preview"):
        who, path = pages[name]
        small = {"viewport": {"width": 1010, "height": 590}, "storage_state": states[who]}
        _take(browser, server, path, small, out / f"{name}-1010.png")


def _boundary_pages(database: Database, city: Any) -> dict[str, tuple[str, str]]:
    """A set that waits, and one whose preview has been taken; both drawn from the default."""
    waiting, previewed = (_simulated_set(database, city, metres) for metres in (25, 60))
    run = activation.begin(
        database, city, previewed, cities.today(city, database.now()), by="system"
    )
    activation.decide(database, city, run)
    return {
        "admin-boundaries": ("city-admin", "/admin/boundaries"),
        "admin-boundary": ("city-admin", f"/admin/boundaries/{waiting}"),
        "admin-boundary-map": ("city-admin", f"/admin/boundaries/{waiting}#map"),
        "admin-boundary-preview": ("city-admin", f"/admin/boundaries/{previewed}"),
    }


def _simulated_set(database: Database, city: Any, metres: int) -> int:
    """The shipped kelurahan with every fifth one moved east: gaps and overlaps, as files have."""
    collection = json.loads((ROOT / "boundaries/kota-jambi/kelurahan.geojson").read_text("utf-8"))
    for feature in collection["features"][::5]:
        moved = translate(shape(feature["geometry"]), xoff=metres / 111_300)
        feature["geometry"] = mapping(moved)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kelurahan.geojson"
        file.write_text(json.dumps(collection), "utf-8")
        return boundary_import.stage(
            database,
            city,
            file,
            layer=Layer.KELURAHAN,
            version=f"Kelurahan 2026 (simulasi {metres} m)",
            source_name="Batas simulasi",
            settings=Settings(),
        ).set_id


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
