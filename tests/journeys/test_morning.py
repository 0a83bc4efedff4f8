"""An operator's morning: what the night brought, what is late, where, what belongs together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geoapp.domain.place import LonLat
from tests.journeys.axe import serious_faults
from tests.journeys.conftest import LAPTOP
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

KENALI = LonLat(103.5700, -1.6400)
"""In another kelurahan, far from the other complaints."""
LATE = "due_at = now() - interval '5 hours'"
PLACE = """([lon, lat]) => {
    const map = window.geoapp_map;
    const corner = map.getContainer().getBoundingClientRect();
    const at = map.latLngToContainerPoint([lat, lon]);
    return [corner.left + at.x, corner.top + at.y];
}"""


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("morning"), browser) as office:
        yield office


@pytest.fixture
def desk(served: Staffed) -> Iterator[Staffed]:
    empty(served)
    yield served
    served.close_pages()


def figure(page: Any, code: str, value: str) -> None:
    """A number of the right column has become *value*."""
    page.locator(f'.kpi[data-code="{code}"] dd').first.get_by_text(value, exact=True).wait_for()


def row(page: Any, ticket: str) -> Any:
    return page.locator(f'#list li[data-ticket="{ticket}"]')


def over_night(page: Any) -> None:
    """What came in since yesterday, counted."""
    page.locator("#filter-period").select_option("P1D")
    figure(page, "open", "4")
    figure(page, "new_today", "4")
    figure(page, "overdue", "1")
    assert "since=P1D" in page.url


def overdue(page: Any, late: str, other: str) -> None:
    """One complaint is late: the same by number, list and address."""
    for name in ("due_soon", "in_time", "paused"):
        page.locator(f'#filter-deadline input[value="{name}"]').uncheck()
    page.locator("#tab-list").click()
    row(page, other).wait_for(state="detached")
    row(page, late).wait_for()
    assert page.locator("#list li").count() == 1
    row(page, late).locator("a").click()
    page.locator("#drawer .due.over").first.wait_for()
    page.locator("#drawer").get_by_role("button", name="Tutup").click()
    page.locator("#clear-filters").click()
    figure(page, "open", "4")


def behind_a_shade(page: Any, there: str, other: str) -> None:
    """A click on a shaded kelurahan lists what it was shaded by."""
    page.keyboard.press("l")
    page.locator("#layer-shade").select_option("count")
    page.locator('.leaflet-container[data-shaded="count"]').wait_for()
    page.keyboard.press("Escape")
    page.locator("#layers").wait_for(state="hidden")
    page.mouse.click(*page.evaluate(PLACE, [KENALI.lon + 0.004, KENALI.lat]))
    row(page, other).wait_for(state="detached")
    row(page, there).wait_for()
    assert page.locator("#list li").count() == 1
    assert "kelurahan=" in page.url
    page.locator("#clear-filters").click()
    row(page, other).wait_for()


def merged(page: Any, again: str, lead: str) -> None:
    """Two that tell of the same become one."""
    row(page, again).locator("a").focus()
    page.keyboard.press("g")
    page.locator("#drawer .pick").filter(has_text=lead).click()
    page.locator("#drawer .step-form button.primary").click()
    page.locator("#drawer .case-now .st-duplicate").wait_for()
    page.keyboard.press("Escape")
    figure(page, "open", "3")


def handed_over(page: Any, agency: str) -> None:
    """What lies around the market is drawn around and goes to another agency, together."""
    page.keyboard.press("s")
    x, y = page.evaluate(PLACE, [JELUTUNG.lon, JELUTUNG.lat])
    page.mouse.move(x - 40, y - 40)
    page.mouse.down()
    for dx, dy in [(40, -40), (40, 40), (-40, 40), (-39, -34)]:
        page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()
    page.locator("#bulk").get_by_text("2 dipilih").wait_for()
    page.locator('#bulk [data-step="assign"]').click()
    form = page.locator("#bulk .step-form")
    form.locator('[name="agency"]').select_option(agency)
    form.locator('[name="reason"]').fill("Akar pohon yang merusak aspal")
    form.locator("button.primary").click()
    page.locator(".bulk-outcome").get_by_text("Tugaskan: berhasil untuk semua (2)").wait_for()


def test_an_operators_morning(desk: Staffed) -> None:
    world = desk.world
    hole = world.new(description="Lubang di depan pasar")
    again = world.new(description="Jalan bolong dekat pasar")
    late = world.new(description="Aspal pecah sejak hujan")
    elsewhere = world.new(position=KENALI, description="Lubang di tikungan")
    world.act(world.operator, "verify", late)
    world.set(late, LATE)

    page = desk.page(world.operator, "/command", **LAPTOP)
    over_night(page)
    overdue(page, late, elsewhere)
    behind_a_shade(page, elsewhere, hole)
    merged(page, again, hole)
    assert str(world.row(again).status) == "duplicate"
    handed_over(page, "dlh")
    assert [world.row(one).agency_code for one in (hole, late)] == ["dlh", "dlh"]

    page.get_by_role("link", name="Statistik").click()  # for the meeting
    agency = page.locator('table[data-table="agency"] tr').filter(has_text="Lingkungan Hidup")
    agency.wait_for()
    assert serious_faults(page) == []
