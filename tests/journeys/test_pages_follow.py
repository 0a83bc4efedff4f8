"""Open pages follow what changes: a complaint passed on, an offer declined, other boundaries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.journeys.test_boundaries_live import next_set, stays
from tests.roads import jelutung_on_a_national_road
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"
REASON = "Jl. Lintas adalah jalan nasional"


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    home: Path = tmp_path_factory.mktemp("follow")
    with staffed(cluster, jambi_template, home, browser) as found:
        jelutung_on_a_national_road(found.world.database)
        yield found


@pytest.fixture
def desk(office: Staffed) -> Iterator[Staffed]:
    empty(office)
    yield office
    office.close_pages()


def pass_on(desk: Staffed, ticket: str) -> None:
    desk.world.act(
        desk.world.operator, "out_of_authority", ticket, reason=REASON, authority="BPJN Jambi"
    )


def test_the_list_and_its_count_agree_when_one_is_passed_on_and_comes_back(desk: Staffed) -> None:
    passed, kept = desk.world.new(), desk.world.new()
    page = desk.listening_page(desk.world.operator, "/", **LAPTOP)
    rows = page.locator("#list a.row")
    page.locator(f'#list [data-ticket="{passed}"]').focus()
    pass_on(desk, passed)
    page.locator("#sum", has_text="1 aduan terbuka").wait_for()
    page.locator(f'#list [data-ticket="{passed}"]').wait_for(state="detached")
    assert rows.count() == 1
    assert page.evaluate("() => document.activeElement.dataset.ticket") == kept
    desk.world.act(desk.world.operator, "reopen", passed, reason="Trotoar kota")
    page.locator("#sum", has_text="2 aduan terbuka").wait_for()
    page.locator(f'#list [data-ticket="{passed}"]').wait_for()
    assert rows.count() == 2
    pass_on(desk, passed)
    pass_on(desk, kept)
    page.locator("#sum", has_text="0 aduan terbuka").wait_for()
    page.locator("#list-state .state").wait_for()
    assert rows.count() == 0


def test_the_card_of_one_that_was_passed_on_promises_nothing_of_the_city_s(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.listening_page(desk.world.operator, f"/?open={ticket}", **LAPTOP)
    card = page.locator("#card")
    card.get_by_text("Target").wait_for()
    pass_on(desk, ticket)
    card.get_by_text(REASON).wait_for()
    told = card.inner_text()
    assert "Target" not in told
    assert "PUPR" not in told
    page.screenshot(path=PICTURES / "card-passed.png")


def test_a_queue_counts_as_it_lists_and_marks_what_is_offered(desk: Staffed) -> None:
    tickets = [desk.world.new() for _ in range(3)]
    page = desk.page(desk.world.operator, "/agency?duty=open", **LAPTOP)
    marks = page.locator("#list .tag.offered")
    page.wait_for_function("() => document.querySelectorAll('#list .tag.offered').length === 3")
    assert marks.first.inner_text() == "Mungkin bukan wewenang kota"
    page.screenshot(path=PICTURES / "queue-offered.png")
    page.locator('[data-duty="offered"]').click()
    tab = page.locator('[data-duty="offered"] .n')
    page.locator('[data-duty="offered"] .n', has_text="3").wait_for()
    # all of them are, here
    page.wait_for_function("() => document.querySelectorAll('#list .tag.offered').length === 0")
    # The other counts are slow to come: the one of the list itself doesn't wait for them.
    page.route("**/api/v1/work/complaints?*limit=1", lambda _: None)
    page.locator(f'#list li[data-ticket="{tickets[0]}"] a').click()
    page.locator('.case-offer [data-offer="keep"]').click()
    page.locator('.step-form[data-step="keep"] [name="reason"]').fill("Milik kota")
    page.locator('.step-form[data-step="keep"] button.primary').click()
    page.locator("#sum", has_text="2 aduan").wait_for()
    assert tab.inner_text() == "2"
    page.unroute_all(behavior="ignoreErrors")


def test_the_road_is_drawn_on_the_case_s_map_that_still_shows_the_decision(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.page(desk.world.operator, f"/case/{ticket}", **LAPTOP)
    page.locator("path.area-road").wait_for(state="attached")
    page.locator("path.area-won").wait_for(state="attached")
    page.screenshot(path=PICTURES / "case-road.png")


TO_THE_EDGE = """async () => {
    const map = window.geoapp_map;
    const half = map.getSize().divideBy(2);
    const line = document.querySelector('path.pin-line');
    const box = map.getContainer().getBoundingClientRect();
    const matrix = line.getScreenCTM();
    let nearest = Infinity;
    for (let at = 0; at < line.getTotalLength(); at += 1) {
        const { x, y } = line.getPointAtLength(at).matrixTransform(matrix);
        nearest = Math.min(nearest, Math.hypot(x - box.x - half.x, y - box.y - half.y));
    }
    return [nearest, Math.min(half.x, half.y)];
}"""


def test_the_question_which_kelurahan_shows_the_edge_beside_the_pin(desk: Staffed) -> None:
    page = desk.page(desk.world.operator, "/report", **PHONE)
    page.get_by_role("button", name="Lanjut tanpa foto").click()
    page.locator("#what-search").fill("jalan berlubang")
    page.locator("#what-found").get_by_text("Jalan berlubang", exact=True).click()
    page.locator("#geoapp_map").wait_for()
    page.wait_for_function("() => window.geoapp_map.getSize().x > 0")
    at = f"{JELUTUNG.lat},{JELUTUNG.lon}"
    page.evaluate(f"() => window.geoapp_map.setView([{at}], 16, {{animate: false}})")
    page.locator("#where-answer").get_by_text("Kelurahan Jelutung", exact=False).wait_for()
    page.locator("#where-next").click()
    page.locator("#confirm-choices label").first.wait_for()
    page.locator("path.pin-line").wait_for(state="attached")
    page.locator(".pin-here:visible").wait_for()
    page.screenshot(path=PICTURES / "report-edge-360.png")
    nearest, half = page.evaluate(TO_THE_EDGE)
    assert 15 < nearest < half  # beside the pin, neither under it nor out of view


def test_an_open_ticket_follows_other_boundaries_in_words_and_on_its_map(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.listening_page(desk.world.operator, f"/c/{ticket}", **LAPTOP)
    page.wait_for_function("() => document.querySelector('path.m-kel')")
    page.locator(".pin-name", has_text="Jelutung").first.wait_for(state="attached")
    assert "batas perkiraan" in page.locator(".r-attr").inner_text()
    page.evaluate("() => { document.querySelector('path.m-kel').old = true; }")
    same = stays(page)
    next_set(desk.world.database, "Jelutung Raya")
    page.wait_for_function("() => document.querySelector('path.m-kel')?.old !== true")
    name = page.locator(".pin-name", has_text="Jelutung Raya")
    name.first.wait_for(state="attached", timeout=15_000)
    assert page.locator("path.m-kel").count() == 1
    page.wait_for_function(
        "() => !document.querySelector('.r-attr').textContent.includes('perkiraan')"
    )
    assert same()


def test_open_figures_follow_other_boundaries_and_keep_where_the_reader_is(desk: Staffed) -> None:
    desk.world.new()
    page = desk.listening_page(desk.world.operator, "/areas?sort=name", **LAPTOP)
    page.locator("#area-table a", has_text="Terbuka").focus()
    same = stays(page)
    next_set(desk.world.database, "Jelutung Besar")
    page.locator("#area-table th", has_text="Jelutung Besar").wait_for(timeout=15_000)
    assert "Batas baru sudah berlaku" in page.locator("#areas-said").inner_text()
    assert "Jelutung Besar" in page.locator(".a-source").inner_text()
    assert "sort=open" in page.evaluate("() => document.activeElement.href")
    assert same()
    page.screenshot(path=PICTURES / "areas-followed.png")


def test_on_a_phone_every_column_of_the_figures_is_on_the_screen(desk: Staffed) -> None:
    desk.world.new()
    page = desk.page(desk.world.operator, "/areas", **PHONE)
    table = page.locator("#area-table")
    page.screenshot(path=PICTURES / "areas-360.png", full_page=True)
    assert table.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 0
