"""The operator's list of likely duplicates: compared, merged by a click or a key, told apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.usecases import support
from tests.asking import as_owner
from tests.journeys.conftest import PHONE
from tests.journeys.reporting import PICTURES
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

METRE = 1 / 110_574
"""Degrees of latitude that are a metre, at the equator (WGS 84)."""
LIST = "/agency/duplicates"
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def running(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    home = tmp_path_factory.mktemp("duplicates")
    with staffed(cluster, jambi_template, home, browser) as office:
        yield office


@pytest.fixture
def office(running) -> Iterator[Staffed]:
    yield running
    running.close_pages()
    empty(running)


def put(office, north_m=0.0, **changes):
    at = LonLat(JELUTUNG.lon, JELUTUNG.lat + north_m * METRE)
    return office.world.new(position=at, **changes)


def back(office, ticket, *people):
    for person in people:
        support.support(office.world.database, office.world.city, ticket, person)


def group(page, ticket):
    return page.locator(f".dup:has([data-ticket='{ticket}'])")


def test_one_click_merges_into_the_one_with_more_supporters(office):
    older = put(office, description="Lubang di depan sekolah")
    newer = put(office, 12, description="Lubang besar depan sekolah dasar")
    back(office, newer, "budi", "cici")
    page = office.page(office.world.operator, LIST)
    page.wait_for_selector(".dup")
    assert page.locator("#sum").inner_text() == "1 dugaan ganda"
    lead = page.locator(".dup-one.lead")
    assert lead.get_attribute("data-ticket") == newer
    assert "didukung 2 warga" in lead.inner_text()
    other = page.locator(f"[data-ticket='{older}']")
    assert "berjarak 12 m" in other.locator(".dup-role").inner_text()
    other.locator("button.primary").click()
    page.wait_for_selector("text=Tidak ada yang tampak ganda")
    assert office.world.row(older).status == "duplicate"
    assert office.world.row(newer).status == "submitted"
    assert f"{older} digabungkan ke {newer}." in page.locator("#announce").inner_text()


def test_a_merge_leaves_a_line_that_takes_it_back(office):
    older, newer = put(office), put(office, 12)
    apart = [put(office, 900), put(office, 902)]
    page = office.page(office.world.operator, LIST, **PHONE)
    page.wait_for_selector(".dup >> nth=1")
    group(page, older).locator("button.primary").tap()
    line = page.locator(".dup-done")
    line.wait_for()
    assert f"{newer} digabungkan ke {older}." in line.inner_text()
    links = line.locator("a").evaluate_all("all => all.map((one) => one.pathname)")
    assert [one.rsplit("/", 1)[1] for one in links] == [newer, older]
    group(page, apart[0]).get_by_role("button", name="Bukan ganda").tap()
    page.wait_for_selector(".dup-done >> nth=1")
    assert page.locator(".dup").count() == 0
    assert page.evaluate(OVERFLOW) <= 0
    page.screenshot(path=PICTURES / "duplicates-done-360.png")

    line = page.locator(".dup-done", has_text=newer)
    line.get_by_role("button", name="Batalkan").tap()
    page.screenshot(path=PICTURES / "duplicates-undo-360.png")
    line.locator("input").fill("Dua lubang yang berbeda.")
    line.get_by_role("button", name="Lepas").tap()
    page.wait_for_selector(f".dup:has([data-ticket='{newer}'])")
    assert f"{newer} dilepas dari penggabungan." in page.locator("#announce").inner_text()
    assert office.world.row(newer).duplicate_of is None
    with as_owner(office.world.database) as connection:
        reason = connection.execute(
            text("SELECT data ->> 'reason' FROM geoapp.complaint_event WHERE kind = 'unmerged'")
        ).scalar_one()
    assert reason == "Dua lubang yang berbeda."


def test_another_may_go_on_and_keys_do_it_all(office):
    first, second = put(office), put(office, 3)
    page = office.page(office.world.operator, LIST)
    page.wait_for_selector(".dup")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_selector(f".dup-one.lead[data-ticket='{second}']")
    assert page.evaluate("document.activeElement.classList.contains('dup')")
    page.keyboard.press("g")
    page.wait_for_selector("text=Tidak ada yang tampak ganda")
    assert office.world.row(first).duplicate_of == office.world.row(second).id


def test_not_a_duplicate_is_remembered_and_the_focus_goes_on(office):
    pairs = [(put(office, far), put(office, far + 2)) for far in (0, 500)]
    page = office.page(office.world.operator, LIST)
    page.wait_for_selector(".dup >> nth=1")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_function("() => document.querySelectorAll('.dup').length === 1")
    assert page.evaluate("!!document.activeElement.closest('.dup')")
    page.reload()
    page.wait_for_selector(".dup")
    assert page.locator(".dup").count() == 1
    statuses = {office.world.row(ticket).status for pair in pairs for ticket in pair}
    assert statuses == {"submitted"}


def test_what_one_deals_with_goes_from_the_list_of_the_other(office):
    first, second = put(office), put(office, 3)
    # Who leads shall not hang on two readings of a clock that may be set in between.
    office.world.set(first, "submitted_at = submitted_at - interval '1 hour'")
    mine = office.listening_page(office.world.operator, LIST)
    other = office.listening_page(office.world.operator, LIST)
    for page in (mine, other):
        page.wait_for_selector(".dup")
    mine.locator(".dup button.primary").click()
    other.wait_for_selector("text=Tidak ada yang tampak ganda")
    third = put(office, 5)
    for page in (mine, other):
        page.wait_for_selector(f"[data-ticket='{third}']")
        page.wait_for_selector(
            f".dup:has([data-ticket='{third}']) .dup-one.lead[data-ticket='{first}']"
        )
        assert page.locator(f"[data-ticket='{second}']").count() == 0
    merged = [ticket for ticket in (first, second) if office.world.row(ticket).duplicate_of]
    assert merged == [second]


def test_an_answer_that_was_overtaken_draws_nothing(office):
    """A list that was read before a step, and comes after the list that followed it."""
    first, second = put(office), put(office, 3)
    page = office.page(office.world.operator, LIST)
    page.wait_for_selector(".dup")
    held = []

    def hold_first(route):
        if held:
            route.continue_()
            return
        held.append(route)
        held.append(route.fetch())

    page.route("**/api/v1/work/duplicates?*", hold_first)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    while len(held) < 2:
        page.wait_for_timeout(20)
    page.locator(f"[data-ticket='{second}'] button.primary").click()
    page.wait_for_selector("text=Tidak ada yang tampak ganda")
    route, old = held
    assert first in old.text()
    with page.expect_response("**/api/v1/work/duplicates?*"):
        route.fulfill(response=old)
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert page.locator(".dup").count() == 0


def test_who_comes_too_late_is_told_and_nothing_is_lost(office):
    first, second = put(office), put(office, 3)
    page = office.page(office.world.operator, LIST)
    page.wait_for_selector(".dup")
    page.route("**/api/v1/work/duplicates?*", lambda route: route.abort())
    office.world.act(office.world.operator, "reject", second, reason="iseng", klass="junk")
    page.locator(".dup button.primary").click()
    page.wait_for_selector(".dup-told:not(:empty)")
    assert second in page.locator(".dup-told").inner_text()
    assert office.world.row(second).status == "rejected"
    page.unroute("**/api/v1/work/duplicates?*")
    office.opened[-1][1].errors.clear()  # the request that was cut off
    assert first


def test_the_queue_counts_them_and_leads_there(office):
    put(office)
    put(office, 3)
    page = office.page(office.world.operator, "/agency")
    page.wait_for_selector("#duplicates-count:text-is('1')")
    page.locator("#duplicates").click()
    page.wait_for_selector(".dup")
    assert page.url.endswith(LIST)
    officer = office.page(office.world.admin, "/agency")
    assert officer.locator("#duplicates").count() == 0


def test_three_side_by_side_fit_a_phone(office):
    for metres in (0, 5, 10):
        put(office, metres, description="Lubang " + "sangat " * 60)
    page = office.page(office.world.operator, LIST, **PHONE)
    page.wait_for_selector(".dup-one >> nth=2")
    assert page.evaluate(OVERFLOW) <= 0
    page.locator(".dup-one.lead button.primary").tap()
    page.wait_for_selector("text=Tidak ada yang tampak ganda")
    with as_owner(office.world.database) as connection:
        merged = connection.execute(
            text("SELECT count(*) FROM geoapp.complaint WHERE status = 'duplicate'")
        ).scalar_one()
    assert merged == 2
