"""From a citizen's pin to an operator's screen, in a real browser on a real server."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import FRAMES, LAPTOP, PHONE, Watch
from tests.servers import Server, serve
from tests.support import send

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "screenshots" / "journeys"

pytestmark = pytest.mark.browser


def published_centre(name: str) -> tuple[float, float]:
    """Longitude and latitude of a kelurahan's published centre point."""
    with (ROOT / "boundaries" / "kota-jambi" / "facts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["name"] == name:
                return float(row["centre_lon"]), float(row["centre_lat"])
    raise AssertionError(name)


OFFSET = """([lat, lon]) => {
    const map = window.geoapp_map;
    const size = map.getSize();
    const at = map.latLngToContainerPoint([lat, lon]);
    const box = map.getContainer().getBoundingClientRect();
    return {dx: size.x / 2 - at.x, dy: size.y / 2 - at.y, zoom: map.getZoom(),
            x: box.x + size.x / 2, y: box.y + size.y / 2};
}"""


def drag_the_map_until_the_pin_is_at(page: Any, lon: float, lat: float) -> None:
    """The pin stays in the middle; the map is drawn under it by the finger, and zoomed in."""
    for _ in range(40):
        way = page.evaluate(OFFSET, [lat, lon])
        far = max(abs(way["dx"]), abs(way["dy"]))
        if far < 2 and way["zoom"] >= 16:
            return
        if far < 2:
            page.locator("#map-zoom-in").click()
            zoom = way["zoom"]
            page.wait_for_function("(zoom) => window.geoapp_map.getZoom() > zoom", arg=zoom)
            page.wait_for_function("() => !window.geoapp_map._animatingZoom")
            continue
        # no farther than the finger can go on the map
        part = min(1.0, 120 / far)
        page.mouse.move(way["x"], way["y"])
        page.mouse.down()
        page.mouse.move(way["x"] + way["dx"] * part, way["y"] + way["dy"] * part, steps=4)
        page.evaluate(FRAMES, 8)  # the finger rests: the map doesn't slide on
        page.mouse.up()
    raise AssertionError(f"the pin never came to {lon}, {lat}: {way}")


def choose_street_light(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/report")
    page.get_by_role("button", name="Lanjut tanpa foto").click()
    page.locator("#what-search").fill("lampu jalan padam")
    page.locator("#what-found").get_by_text("Lampu jalan padam", exact=True).click()


def told_about_legok(page: Any) -> None:
    answer = page.locator("#where-answer")
    answer.get_by_text("Kelurahan Legok").wait_for()
    answer.get_by_text("Dinas Perkim, Bidang LPJU").wait_for()
    assert "48 jam" in answer.inner_text()


def open_screen(context: Any, server: Server) -> tuple[Any, Watch]:
    """A live map that notes when its first row comes."""
    screen = context.new_page()
    seen = Watch(screen)
    screen.goto(f"{server.url}/")
    screen.get_by_text("Tidak ada aduan").first.wait_for()
    screen.evaluate(
        """() => {
            window.arrivals = [];
            new MutationObserver(() => {
                if (document.querySelector('#list .row')) window.arrivals.push(Date.now());
            }).observe(document.getElementById('list'), {childList: true, subtree: true});
        }"""
    )
    return screen, seen


def fill_in_and_send(phone: Any) -> str:
    """From the place to the ticket's number; the moment of the click is left in the page."""
    phone.locator("#where-next").click()
    # The boundaries are approximate, so the page asks.
    phone.locator("#confirm-choices").get_by_text("Ya, Kelurahan Legok").click()
    phone.screenshot(path=PICTURES / "report-confirm-360.png")
    phone.locator("#confirm-form button[type=submit]").click()
    phone.locator("#describe-text").fill("Lampu padam sejak tiga malam, jalan gelap sekali.")
    phone.locator("#describe-form button[type=submit]").click()
    phone.locator("#check-promise").wait_for()
    assert "Kelurahan Legok" in phone.locator("#check-promise").inner_text()
    phone.screenshot(path=PICTURES / "report-check-360.png")
    phone.evaluate(
        """() => document.getElementById('check-send').addEventListener(
            'click', () => { window.clickedAt = Date.now(); }, {capture: true, once: true})"""
    )
    with phone.expect_response(
        lambda answer: answer.url.endswith("/api/v1/complaints") and answer.request.method == "POST"
    ) as acknowledged:
        phone.locator("#check-send").click()
    assert acknowledged.value.status == 201
    ticket = acknowledged.value.json()["ticket"]
    phone.locator("#sent-ticket").get_by_text(ticket).wait_for()
    phone.screenshot(path=PICTURES / "report-sent-360.png")
    return ticket


def test_a_pin_dropped_on_a_phone_appears_on_an_open_map_within_a_second(browser, city_server):
    PICTURES.mkdir(parents=True, exist_ok=True)
    operator = browser.new_context(**LAPTOP)
    screen, seen = open_screen(operator, city_server)
    citizen = browser.new_context(**PHONE, locale="id-ID")
    phone = citizen.new_page()
    asked = Watch(phone)
    choose_street_light(phone, city_server)
    drag_the_map_until_the_pin_is_at(phone, *published_centre("Legok"))
    told_about_legok(phone)
    phone.screenshot(path=PICTURES / "report-where-360.png")
    ticket = fill_in_and_send(phone)

    row = screen.locator("#list .row", has_text="Lampu jalan padam")
    row.wait_for(timeout=5000)
    # Both browsers run on this machine: one clock, from the click to the row.
    clicked = phone.evaluate("() => window.clickedAt")
    assert 0 < screen.evaluate("() => window.arrivals[0]") - clicked <= 1000
    assert "Kel. Legok" in row.inner_text()
    screen.get_by_role("heading", name=re.compile(r"^1 aduan")).wait_for()
    screen.screenshot(path=PICTURES / "map-after-1440.png")

    row.click()
    card = screen.locator("#card")
    card.get_by_text(ticket).wait_for()
    assert "Dinas Perkim, Bidang LPJU" in card.inner_text()
    screen.screenshot(path=PICTURES / "map-card-1440.png")

    phone.goto(f"{city_server.url}/c/{ticket}")
    phone.get_by_role("heading", name="Lampu jalan padam").wait_for()
    phone.screenshot(path=PICTURES / "ticket-360.png", full_page=True)

    for watch in (seen, asked):
        assert watch.foreign(city_server) == []
        assert watch.errors == []
    operator.close()
    citizen.close()


def test_the_phones_own_position_puts_the_pin(browser, shown_server):
    lon, lat = published_centre("Legok")
    context = browser.new_context(
        **PHONE,
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 12},
        permissions=["geolocation"],
        locale="id-ID",
    )
    phone = context.new_page()
    choose_street_light(phone, shown_server)
    phone.locator("#map-locate").click()
    told_about_legok(phone)
    assert max(abs(phone.evaluate(OFFSET, [lat, lon])[way]) for way in ("dx", "dy")) < 1
    context.close()


def test_the_map_says_when_the_connection_is_lost_and_catches_up(browser, jambi, tmp_path):
    context = browser.new_context(**LAPTOP)
    page = context.new_page()
    with serve(jambi.url, tmp_path / "server") as server:
        page.goto(f"{server.url}/")
        page.get_by_text("Tidak ada aduan").first.wait_for()
    page.locator("#strip").wait_for(state="visible")
    send(jambi)
    with serve(jambi.url, tmp_path / "server", port=server.port):
        page.locator("#list .row", has_text="Jalan berlubang").wait_for()
        page.locator("#strip").wait_for(state="hidden")
        context.close()


@pytest.mark.parametrize("path", ["/", "/report", "/about"])
@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_every_page_works_in_both_languages_without_a_script_error(
    browser, shown_server, path, lang, size
):
    context = browser.new_context(**size)
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{shown_server.url}{path}?lang={lang}")
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("lang") == lang
    # Nothing sticks out sideways.
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert watch.errors == []
    assert watch.foreign(shown_server) == []
    context.close()
