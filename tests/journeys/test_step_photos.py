"""Photos of the work: taken at the spot and at the desk, seen where their words are seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.report_photos import jpeg, picture

pytestmark = [pytest.mark.browser, pytest.mark.long]

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
CUT = ("net::ERR_FAILED", "net::ERR_TIMED_OUT", "net::ERR_INTERNET_DISCONNECTED", "status of 409")


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("proof"), browser) as office:
        yield office


@pytest.fixture
def office(served: Staffed) -> Iterator[Staffed]:
    empty(served)
    yield served
    served.close_pages(CUT)


def taken(n: int = 0, *, noise: bool = False) -> dict[str, Any]:
    """A photo as a telephone's camera gives it; *noise*: of several pieces."""
    image = picture(1400, 1000, noise=True) if noise else picture(640 + 16 * n, 480)
    quality = 95 if noise else 88
    return {
        "name": f"IMG_{n}.jpg",
        "mimeType": "image/jpeg",
        "buffer": jpeg(image, quality=quality),
    }


def started(office: Staffed) -> str:
    ticket = office.world.new(description="Lubang di depan pasar, dalam sekali")
    office.world.act(office.world.operator, "assign", ticket)
    office.world.act(office.world.officer, "start", ticket)
    return ticket


def loaded(page: Any, selector: str) -> None:
    """Every picture of *selector* has been drawn."""
    page.wait_for_function(
        "(s) => { const all = [...document.querySelectorAll(s)];"
        " return all.length && all.every((one) => one.complete && one.naturalWidth > 0); }",
        arg=selector,
    )


def answers(office: Staffed, ticket: str) -> int:
    return [event.kind for event in office.world.events(ticket)].count("answer")


def test_an_officer_shows_what_was_done_and_everybody_sees_it_beside_the_words(office):
    ticket = started(office)
    page = office.page(office.world.officer, f"/field?open={ticket}", **PHONE)
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    camera = page.locator('.ph-field input[name="camera"]')
    assert camera.get_attribute("capture") == "environment"
    assert page.locator(".ph-camera").is_visible()
    camera.set_input_files([taken(0)])
    page.locator('.ph-field input[name="photos"]').set_input_files([taken(1), taken(2)])
    page.locator(".ph-list .ph").nth(2).wait_for()
    page.locator('.ph[data-state="kept"]').nth(2).wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    sizes = """[...document.querySelectorAll('.f-foot button, .ph-adds label')]
        .filter((node) => node.offsetParent).map((node) => node.getBoundingClientRect())
        .map((box) => Math.min(box.width, box.height))"""
    assert min(page.evaluate(sizes)) >= 44
    page.screenshot(path=PICTURES / "field-finish-photos-360.png")
    page.get_by_role("button", name="Hapus foto 3").tap()
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    shown = page.locator(".tl li", has_text="aspal dingin").locator(".pics img")
    shown.nth(1).wait_for()
    shown.nth(1).scroll_into_view_if_needed()
    loaded(page, ".tl .pics img")
    assert shown.count() == 2
    page.screenshot(path=PICTURES / "field-finished-360.png")

    visitor = office.browser.new_context(**PHONE, locale="id-ID").new_page()
    visitor.goto(f"{office.server.url}/c/{ticket}")
    entry = visitor.locator("#ticket-history li", has_text="aspal dingin")
    entry.locator(".pics img").nth(1).wait_for()
    entry.scroll_into_view_if_needed()
    loaded(visitor, "#ticket-history .pics img")
    visitor.screenshot(path=PICTURES / "ticket-work-photos-360.png", full_page=True)
    entry.locator(".pics button").first.click()
    loaded(visitor, "dialog[open] img")
    visitor.context.close()


def test_photos_survive_a_lost_connection_and_a_reload_and_are_given_once(office):
    ticket = started(office)
    page = office.page(office.world.officer, f"/field?open={ticket}", **PHONE)
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal")
    page.route("**/api/v1/photos**", lambda route: route.abort("internetdisconnected"))
    page.locator('.ph-field input[name="camera"]').set_input_files([taken(noise=True)])
    page.locator(".ph.held").wait_for()
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Langsung dikirim begitu foto sampai").wait_for()
    page.screenshot(path=PICTURES / "field-photo-waits-360.png")
    assert answers(office, ticket) == 0

    page.reload()
    page.locator(".ph-list .ph").wait_for()  # words and photo are still there
    assert page.locator("#f-words").input_value() == "Lubang ditambal"
    page.get_by_role("button", name="Kirim, selesai").tap()

    def swallow(route: Any) -> None:
        route.fetch()  # the server does it; its answer never arrives
        route.abort("timedout")

    page.route("**/steps", swallow)
    page.unroute("**/api/v1/photos**")
    page.get_by_text("Belum terkirim").wait_for()  # photo and step went by themselves
    page.unroute("**/steps")
    page.get_by_role("button", name="Kirim lagi").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    page.locator(".tl .pics img").wait_for()
    assert answers(office, ticket) == 1
    assert page.locator(".tl .pics img").count() == 1
    kept = """(name) => new Promise((done) => { const asked = indexedDB.open(name);
        asked.onsuccess = () => { const all = asked.result.transaction('files').objectStore('files')
            .getAllKeys(); all.onsuccess = () => done(all.result.length); }; })"""
    assert page.evaluate(kept, "geoapp-photos-field") == 0, "nothing is left on the phone"


def test_a_note_s_photo_stays_inside_and_an_answer_s_is_hidden_like_any_other(office):
    ticket = started(office)
    page = office.page(office.world.admin, f"/case/{ticket}", **LAPTOP)
    page.locator('[data-step="note"]').first.click()
    form = page.locator(".step-form")
    form.locator("textarea").fill("Lihat retakan di tepi")
    assert form.locator(".ph-camera").is_hidden(), "no camera to hold up here"
    form.locator('input[name="photos"]').set_input_files([taken(0)])
    form.locator('.ph[data-state="kept"]').wait_for()
    page.screenshot(path=PICTURES / "case-note-photo-1440.png")
    form.get_by_role("button", name="Catatan internal").click()
    note = page.locator(".case-history li", has_text="retakan")
    note.locator(".case-pics img").wait_for()
    note.get_by_text("Internal: tidak pernah publik").wait_for()
    assert note.locator("[data-photo-act]").count() == 0

    page.locator('[data-step="answer"]').first.click()
    form.locator("textarea").fill("Dikerjakan hari Senin")
    form.locator('input[name="photos"]').set_input_files([taken(1), taken(2)])
    form.locator('.ph[data-state="kept"]').nth(1).wait_for()
    form.get_by_role("button", name="Tanggapi").click()
    answer = page.locator(".case-history li", has_text="hari Senin")
    answer.locator(".case-pics img").nth(1).wait_for()
    loaded(page, ".case-history .case-pics img")
    page.screenshot(path=PICTURES / "case-answer-photos-1440.png")

    visitor = office.browser.new_context(**LAPTOP, locale="id-ID").new_page()
    visitor.goto(f"{office.server.url}/c/{ticket}")
    loaded(visitor, ".pics img")
    assert visitor.locator(".pics img").count() == 2
    answer.locator("[data-photo-act=hide]").first.click()
    page.locator(".why-form textarea").fill("Wajah terlihat")
    page.locator(".why-form [type=submit]").click()
    answer.get_by_text("Tersembunyi dari publik").wait_for()
    visitor.reload()
    loaded(visitor, ".pics img")
    assert visitor.locator(".pics img").count() == 1
    visitor.context.close()


def test_photos_of_a_form_that_is_left_are_taken_back(office):
    ticket = started(office)
    page = office.page(office.world.admin, f"/agency?open={ticket}", **LAPTOP)
    page.locator('#drawer [data-step="note"]').first.click()
    form = page.locator("#drawer .step-form")
    form.locator('input[name="photos"]').set_input_files([taken(0)])
    form.locator('.ph[data-state="kept"]').wait_for()
    page.screenshot(path=PICTURES / "queue-note-photo-1440.png")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        form.get_by_role("button", name="Batal").click()
    assert gone.value.status == 204
