"""Other boundaries come into force while maps are open: they follow, without a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.store import boundaries
from geoapp.store.database import Database, Role
from geoapp.store.statements import statement
from tests.journeys.conftest import LAPTOP
from tests.journeys.staff import Staffed, staffed
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

CITY = "15.71"
ACTIVE = text("SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active'")
# The next set: one kelurahan has another name, another one is gone.
AREAS = text("""
    INSERT INTO geoapp.area (city_code, set_id, code, name, parent_code, parent_name, geom,
                             display_geom, label)
    SELECT city_code, :id, code, CASE code WHEN '15.71.08.1006' THEN :name ELSE name END,
           parent_code, parent_name, geom, display_geom, label
    FROM geoapp.area
    WHERE set_id = :before AND code <> (
        SELECT max(code) FROM geoapp.area AS last WHERE last.set_id = :before)
""")
LINES = "() => document.querySelector('path.m-kel').getAttribute('d')"


def next_set(database: Database, name: str) -> None:
    """Put a set in force in which Jelutung is called *name*."""
    with database.transaction(Role.WORKER, CITY) as connection:
        before = connection.execute(ACTIVE).scalar_one()
        copied = boundaries.add_set(
            connection, CITY, Layer.KELURAHAN, version=name, source="Peta baru", licence="",
            sha256="0" * 64, approximate=False, quality={},
        )  # fmt: skip
        connection.execute(AREAS, {"before": before, "id": copied, "name": name})
        values = {"city_code": CITY, "set_id": copied}
        connection.execute(statement("store", "boundary_pieces_insert"), values)
        boundaries.activate(connection, CITY, copied, date(2026, 1, 1))


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    home: Path = tmp_path_factory.mktemp("live-boundaries")
    with staffed(cluster, jambi_template, home, browser) as found:
        yield found


@pytest.fixture
def desk(office: Staffed) -> Iterator[Staffed]:
    yield office
    office.close_pages()


def listed(page: Any, name: str) -> Callable[[], Any]:
    """Waits until the filters' list of areas has *name*."""
    return lambda: page.locator(f"#filter-area option:text-is('{name}')").wait_for(
        state="attached", timeout=15_000
    )


def stays(page: Any) -> Callable[[], bool]:
    """Marks the document; whether it is still the same one."""
    page.evaluate("() => { window.marked = true; }")
    return lambda: bool(page.evaluate("() => window.marked === true"))


def test_open_maps_follow_another_set_without_a_reload(desk: Staffed) -> None:
    desk.world.new()
    public = desk.page(desk.world.operator, "/", **LAPTOP)
    queue = desk.page(desk.world.operator, "/agency", **LAPTOP)
    report = desk.page(desk.world.operator, "/report?service=pothole", **LAPTOP)
    for page in (public, queue):
        listed(page, "Jelutung")()
    at = f"{JELUTUNG.lat},{JELUTUNG.lon}"
    report.evaluate("() => { location.hash = '#lokasi'; }")
    report.locator("#geoapp_map").wait_for()
    report.wait_for_function("() => window.geoapp_map.getSize().x > 0")
    report.evaluate(f"() => window.geoapp_map.setView([{at}], 17, {{animate: false}})")
    report.get_by_text("Kelurahan Jelutung", exact=False).first.wait_for()
    same = [stays(page) for page in (public, queue, report)]
    drawn = [page.evaluate(LINES) for page in (public, queue)]
    views = [page.evaluate("() => window.geoapp_map.getCenter()") for page in (public, report)]

    next_set(desk.world.database, "Jelutung Raya")

    for page in (public, queue):
        listed(page, "Jelutung Raya")()
    report.get_by_text("Jelutung Raya", exact=False).first.wait_for(timeout=15_000)
    for page, before in zip((public, queue), drawn, strict=True):
        page.wait_for_function(f"(before) => ({LINES})() !== before", arg=before)
        assert page.locator("path.m-kel").count() == 1
        assert page.locator("#filter-area option:text-is('Jelutung')").count() == 0
    public.wait_for_function(
        "() => document.getElementById('attr').textContent.includes('Peta baru')"
    )
    assert [page.evaluate("() => window.geoapp_map.getCenter()") for page in (public, report)] == (
        views
    )
    assert all(one() for one in same)


def test_who_was_away_hears_of_it_on_coming_back(desk: Staffed) -> None:
    page = desk.page(desk.world.operator, "/", **LAPTOP)
    page.locator("#filter-area optgroup").first.wait_for(state="attached")
    same = stays(page)
    page.wait_for_function("() => document.querySelector('path.m-kel')")
    # as a page that was put aside by the browser and is taken out again
    page.evaluate("() => window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    next_set(desk.world.database, "Jelutung Lama")
    page.evaluate(
        "() => window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    )
    listed(page, "Jelutung Lama")()
    assert same()
