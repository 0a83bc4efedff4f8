"""An operator's keyboard: a story from the press, a junk call, a complaint that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.asking import as_owner
from tests.casework import EMPTY
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

LINK = "https://example.org/berita/lampu-padam"
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
FOCUSED = "document.activeElement.id || document.activeElement.value"
# A refused field is told in words; the browser notes the status too.
EXPECTED = ("status of 422", "net::ERR_FAILED", "net::ERR_TIMED_OUT")


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("entry"), browser) as running:
        yield running


@pytest.fixture
def desk(office) -> Iterator[Staffed]:
    with as_owner(office.world.database) as connection:
        connection.execute(EMPTY)
    yield office
    office.close_pages(EXPECTED)


def entry(desk: Staffed, **look: Any) -> Any:
    page = desk.page(desk.world.operator, "/entry", **(LAPTOP | look))
    page.wait_for_function(f"{FOCUSED} === 'call_112'")
    # asked before the catalogue came, the field offers it when it is there
    page.locator("#e-service").press("ArrowDown")
    page.locator("#e-service-list li").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("[name=channel]:checked").focus()
    return page


def saved(page: Any) -> str:
    page.locator("#e-done:visible").wait_for()
    return str(page.locator("#e-done-ticket").inner_text())


def test_a_story_from_the_press_is_entered_by_keyboard_alone(desk):
    page = entry(desk)
    keyboard = page.keyboard
    keyboard.press("2")
    assert page.evaluate(FOCUSED) == "e-source"
    keyboard.type(LINK)
    for _ in range(20):  # past the number and the moment, which has parts of its own
        if page.evaluate(FOCUSED) == "e-service":
            break
        keyboard.press("Tab")
    keyboard.type("lampu")
    page.locator("#e-service-list li", has_text="Lampu jalan padam").first.wait_for()
    keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "e-text"
    keyboard.type("Tiga lampu padam di Jelutung menurut berita")
    keyboard.press("Tab")
    keyboard.type(f"{JELUTUNG.lon}, {JELUTUNG.lat}")
    page.get_by_text("dibaca bujur lebih dulu").wait_for()
    keyboard.press("Enter")
    page.locator("#e-who", has_text="Kelurahan Jelutung").wait_for()
    assert "Dinas Perkim, Bidang LPJU" in page.locator("#e-who").inner_text()
    keyboard.press("Control+Enter")
    ticket = saved(page)
    row = desk.world.row(ticket)
    assert (row.channel, row.source, row.service_code) == ("media", LINK, "street_light_out")
    assert row.location_kind == "point"
    assert [event.actor for event in desk.world.events(ticket)] == [desk.world.operator.label]
    keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "media"
    assert page.locator("#e-last-list li").count() == 1


def test_a_junk_call_is_one_key(desk):
    page = entry(desk)
    page.keyboard.press("F8")
    row = desk.world.row(saved(page))
    assert (row.channel, row.status, row.location_kind) == ("call_112", "rejected", "none")
    page.keyboard.press("Enter")
    page.keyboard.press("F8")
    page.locator("#e-last-list li").nth(1).wait_for()


def test_a_half_entered_complaint_is_not_junk_by_one_wrong_key(desk):
    page = entry(desk)
    page.locator("#e-service").fill("lampu")
    page.keyboard.press("Enter")
    page.keyboard.press("F8")
    page.get_by_text("Formulir berisi aduan").wait_for()
    assert page.locator("#e-service").input_value() != ""
    page.keyboard.press("F8")
    assert desk.world.row(saved(page)).status == "rejected"


def test_what_is_open_nearby_is_shown_before_it_is_entered_again(desk):
    known = desk.world.new(service="street_light_out", description="Lampu padam dekat pasar")
    page = entry(desk)
    page.locator("#e-service").fill("lampu")
    page.keyboard.press("Enter")
    page.locator("#e-place").fill(f"{JELUTUNG.lat}, {JELUTUNG.lon}")
    page.keyboard.press("Enter")
    page.get_by_text("1 aduan bidang ini masih terbuka dalam jarak 150 m").wait_for()
    link = page.locator(".e-alike")
    assert known in link.inner_text()
    assert link.get_attribute("href") == f"/case/{known}"


def test_a_click_on_the_map_is_a_place_and_a_kelurahan_alone_too(desk):
    page = entry(desk)
    page.locator("#e-service").fill("jalan berlubang")
    page.keyboard.press("Enter")
    page.locator(".e-map .leaflet-container").click()
    page.locator("#e-who", has_text="Kelurahan").wait_for()
    assert page.locator(".e-pin").is_visible()
    page.locator("#e-place").fill("jelut")
    page.keyboard.press("Enter")
    page.get_by_text("Hanya kelurahan: tanpa titik di peta").wait_for()
    page.locator("#e-text").fill("Lubang besar, letak pasti belum jelas")
    page.keyboard.press("Control+Enter")
    row = desk.world.row(saved(page))
    assert (row.location_kind, row.kelurahan_code) == ("area", "15.71.08.1006")


def test_outside_the_city_is_warned_of_and_kept(desk):
    page = entry(desk)
    page.locator("#e-service").fill("jalan berlubang")
    page.keyboard.press("Enter")
    page.locator("#e-place").fill("-1.62, 103.73")
    page.keyboard.press("Enter")
    page.get_by_text("Di luar Kota Jambi").wait_for()
    page.get_by_text("Tetap disimpan untuk diperiksa").wait_for()
    page.locator("#e-text").fill("Lubang di jalan menuju kota")
    page.keyboard.press("Control+Enter")
    assert desk.world.row(saved(page)).assignment_method == "outside"


def test_a_number_entered_before_leads_to_the_complaint_that_has_it(desk):
    page = entry(desk)

    def fill() -> None:
        page.keyboard.press("3")
        page.locator("#e-source").fill("Surat Camat Jelutung")
        page.locator("#e-number").fill("45/2026")
        page.locator("#e-service").fill("jalan berlubang")
        page.keyboard.press("Enter")
        page.locator("#e-text").fill("Lubang di depan kantor camat")
        page.locator("#e-place").fill("jelutung")
        page.keyboard.press("Enter")
        page.keyboard.press("Control+Enter")

    fill()
    first = saved(page)
    page.keyboard.press("Enter")
    fill()
    page.get_by_text("Nomor ini sudah dicatat").wait_for()
    assert page.locator("#e-number-error a").inner_text() == first
    assert page.evaluate(FOCUSED) == "e-number"
    assert page.locator("#e-text").input_value() == "Lubang di depan kantor camat"


def test_a_lost_answer_saved_again_is_the_same_complaint(desk):
    page = entry(desk)
    page.locator("#e-service").fill("informasi")
    page.keyboard.press("Enter")
    page.locator("#e-text").fill("Menanyakan jadwal pengangkutan")

    def swallow(route: Any) -> None:
        route.fetch()
        route.abort("timedout")

    page.route("**/api/v1/work/complaints", swallow)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Belum tersimpan").wait_for()
    page.unroute("**/api/v1/work/complaints")
    page.keyboard.press("Control+Enter")
    saved(page)
    with as_owner(desk.world.database) as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM geoapp.complaint").scalar_one()
    assert count == 1


def test_what_is_missing_is_said_at_its_field_and_focused(desk):
    page = entry(desk)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Pilih jenis masalah", exact=True).wait_for()
    page.get_by_text("Uraikan dengan sedikitnya 10 huruf").wait_for()
    assert page.evaluate(FOCUSED) == "e-service"


def test_the_page_fits_a_phone_too(desk):
    page = entry(desk, **PHONE)
    assert page.evaluate(OVERFLOW) <= 0


def test_a_catalogue_that_comes_late_is_offered_and_a_kept_entry_keeps_its_service(desk):
    page = entry(desk)
    page.locator("#e-service").fill("lampu")
    page.keyboard.press("Enter")
    held: list[Any] = []
    # Playwright notes something on a handler, which a built-in method refuses.
    page.route("**/api/v1/services", lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request("**/api/v1/services"):
        page.reload()
    page.wait_for_function(f"{FOCUSED} === 'call_112'")
    page.locator("#e-service").press("ArrowDown")
    assert page.locator("#e-service-list li").count() == 0
    held.pop().continue_()
    page.locator("#e-service-list li").first.wait_for()
    page.wait_for_function("document.getElementById('e-service').value.startsWith('Lampu jalan')")
