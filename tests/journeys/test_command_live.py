"""What happens elsewhere reaches the live map by itself; filters kept by name are found again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from tests.asking import as_owner
from tests.journeys.conftest import LAPTOP
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import JELUTUNG, eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]

LOW = {"viewport": {"width": 1440, "height": 700}}
REPORT = """(at) => fetch('/api/v1/complaints', {
    method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({service: 'pothole', description: 'Lubang dalam', ...at}),
}).then((answer) => answer.json()).then((made) => made.ticket)"""
FORGET = text("DELETE FROM geoapp.saved_filter")


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("live"), browser) as office:
        yield office


@pytest.fixture
def desk(served: Staffed) -> Iterator[Staffed]:
    """No complaint at first; afterwards every page is looked through."""
    empty(served)
    yield served
    served.close_pages(("net::ERR_", "status of 404", "status of 409"))


def command(desk: Staffed, who: str = "operator", path: str = "/command", **look: Any) -> Any:
    """The live map, connected to the feed."""
    page = desk.page(getattr(desk.world, who), path, **(look or LAPTOP))
    page.locator(".kpi").first.wait_for(state="attached")
    page.locator("#live").wait_for()
    page.evaluate(LISTEN)
    return page


def happened(page: Any, ticket: str) -> Any:
    return page.locator(f'#activity a[data-ticket="{ticket}"]')


LISTEN = """() => {
    const node = document.getElementById('announce');
    window.said = [];
    new MutationObserver(() => window.said.push(node.textContent)).observe(node, {childList: true});
}"""


def said(page: Any, words: str) -> None:
    """Screen readers have been told *words* since `LISTEN`."""
    eventually(
        lambda: any(words in one for one in page.evaluate("window.said")), what=f"said {words}"
    )


def top(page: Any) -> str:
    return str(page.locator("#activity li").first.inner_text())


def test_a_report_from_another_browser_arrives_everywhere(desk: Staffed) -> None:
    page = command(desk)
    page.locator('.kpi[data-code="open"] dd').first.get_by_text("0", exact=True).wait_for()
    citizen = desk.browser.new_context(locale="id-ID").new_page()
    citizen.goto(desk.server.url + "/about")
    lon, lat = JELUTUNG.lon, JELUTUNG.lat
    ticket = citizen.evaluate(REPORT, {"lon": lon, "lat": lat})
    citizen.context.close()
    happened(page, ticket).wait_for()
    words = top(page)
    assert "Laporan baru" in words
    assert "Kel. Jelutung" in words
    page.locator('.kpi[data-code="open"] dd').first.get_by_text("1", exact=True).wait_for()
    page.locator("#list-count").get_by_text("1", exact=True).wait_for()
    said(page, "Aduan baru: Jalan berlubang")
    happened(page, ticket).click()
    page.locator("#drawer .case-text").get_by_text("Lubang dalam").wait_for()
    desk.world.act(desk.world.operator, "verify", ticket)  # somebody else, meanwhile
    page.locator("#drawer .case-now .st-verified").wait_for()
    page.locator("#activity li").first.get_by_text("Terverifikasi").wait_for()
    assert happened(page, ticket).count() == 2
    assert happened(page, ticket).first.get_attribute("aria-current") == "true"


def test_what_happens_waits_while_somebody_reads_or_has_paused(desk: Staffed) -> None:
    for _ in range(12):
        desk.world.new()
    page = command(desk, **LOW)
    page.locator("#activity li").nth(11).wait_for()
    newer = page.locator("#activity .newer")
    page.locator("#activity li").last.scroll_into_view_if_needed()
    late = [desk.world.new() for _ in range(3)]
    newer.get_by_text("3 baru").wait_for()
    assert happened(page, late[0]).count() == 0
    newer.click()
    happened(page, late[2]).wait_for()
    newer.wait_for(state="hidden")

    page.keyboard.press("p")
    assert page.locator('#activity [aria-pressed="true"]').inner_text() == "Lanjutkan"
    paused = desk.world.new()
    newer.get_by_text("1 baru").wait_for()
    assert happened(page, paused).count() == 0
    page.keyboard.press("p")
    happened(page, paused).wait_for()
    assert newer.is_hidden()


def test_what_leaves_ones_sight_leaves_a_grey_row_without_content(desk: Staffed) -> None:
    world = desk.world
    ticket, other = world.new(description="Rahasia dapur"), world.new()
    page = command(desk, "admin")
    happened(page, ticket).wait_for()
    happened(page, other).wait_for()
    world.act(world.operator, "assign", ticket, agency="dlh", reason="Pohonnya yang merusak jalan")
    gone = page.locator("#activity .gone")
    gone.wait_for()
    assert "Tidak lagi ditampilkan" in gone.inner_text()
    assert happened(page, ticket).count() == 0
    assert ticket not in page.locator("#activity").inner_html()
    assert happened(page, other).count() == 1
    page.locator(f'#list li[data-ticket="{ticket}"]').wait_for(state="detached")


def test_a_lost_connection_is_said_and_what_was_missed_comes_when_it_is_back(
    desk: Staffed,
) -> None:
    page = command(desk)
    feed = "**/live/work*"
    page.route(feed, lambda route: route.abort())
    for pid in desk.server.workers():
        os.kill(pid, signal.SIGKILL)
    page.locator("#strip-text").get_by_text("Terputus sejak").wait_for()
    assert page.locator("#live").is_hidden()
    said(page, "Terputus sejak")
    missed = desk.world.new()
    assert happened(page, missed).count() == 0
    page.unroute(feed)
    page.locator("#strip").wait_for(state="hidden")
    happened(page, missed).wait_for()
    page.locator(f'#list li[data-ticket="{missed}"]').wait_for(state="attached")
    said(page, "Tersambung lagi")


def test_a_filter_is_kept_by_name_shared_and_found_again(desk: Staffed) -> None:
    with as_owner(desk.world.database) as connection:
        connection.execute(FORGET)
    page = command(desk, path="/command?group=road,drainage&status=all")
    now = page.locator(".saved-now b")
    assert now.inner_text() == "Filter sendiri"
    page.locator("#save button").click()
    page.keyboard.type("Jalan & drainase")
    page.get_by_label("Tampilkan untuk semua di pusat komando").check()
    page.keyboard.press("Enter")
    now.get_by_text("Jalan & drainase").wait_for()

    page.goto(desk.server.url + "/command")
    page.locator(".kpi").first.wait_for(state="attached")
    now.get_by_text("Semua terbuka").wait_for()
    page.locator(".saved-now").press("Enter")
    page.locator(".saved-pick").filter(has_text="Jalan & drainase").press("Enter")
    now.get_by_text("Jalan & drainase").wait_for()
    assert "group=road,drainage" in page.url
    assert "status=all" in page.url
    page.reload()
    now.get_by_text("Jalan & drainase").wait_for()

    other = command(desk, "city_admin")
    other.locator(".saved-now").click()
    shared = other.locator(".saved-list")
    shared.get_by_text("Dibagikan orang lain").wait_for()
    shared.get_by_text("Jalan & drainase").click()
    other.wait_for_url("**group=road,drainage**")

    page.locator(".saved-now").click()
    page.get_by_role("button", name="Hapus “Jalan & drainase”").click()
    page.get_by_text("Belum ada tampilan yang disimpan.").wait_for()
    page.keyboard.press("Escape")
    assert now.inner_text() == "Filter sendiri"


def test_what_is_drawn_around_is_selected_and_handed_over_together(desk: Staffed) -> None:
    world = desk.world
    tickets = {world.new(), world.new(position=JELUTUNG)}
    page = command(desk, path=f"/command?map=16/{JELUTUNG.lat}/{JELUTUNG.lon}")
    page.keyboard.press("s")
    page.locator('#ctl-lasso[aria-pressed="true"]').wait_for()
    box = page.locator("#map-region").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(-160, -160), (160, -160), (160, 160), (-160, 160), (-158, -150)]
    page.mouse.move(x + corners[0][0], y + corners[0][1])
    page.mouse.down()
    for dx, dy in corners[1:]:
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.locator("#bulk").get_by_text("2 dipilih").wait_for()
    assert "polygon=" in page.url
    page.locator('#bulk [data-step="assign"]').click()
    form = page.locator("#bulk .step-form")
    form.locator('[name="agency"]').select_option("dlh")
    form.locator('[name="reason"]').fill("Pohonnya yang merusak jalan")
    form.locator("button.primary").click()
    page.locator(".bulk-outcome").get_by_text("Tugaskan: berhasil untuk semua (2)").wait_for()
    assert {world.row(ticket).agency_code for ticket in tickets} == {"dlh"}
