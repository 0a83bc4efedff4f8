"""One tap instead of a report: the card of the map, its figure on every open map, its photos."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Any

import pytest
from PIL import Image

from tests.asking import body
from tests.journeys.conftest import LAPTOP, PHONE, Watch

pytestmark = [pytest.mark.browser, pytest.mark.long]

BUTTON = "#card .me-too button"


def report(server, **changes: Any) -> str:
    """The ticket of a complaint that somebody else's browser has sent."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/complaints",
        json.dumps(body(**changes)).encode(),
        {"Content-Type": "application/json", "Origin": server.url},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["ticket"])


def supporters(server, ticket: str) -> int:
    with urllib.request.urlopen(f"{server.url}/api/v1/complaints/{ticket}", timeout=20) as answer:
        return int(json.load(answer)["properties"]["supporters"])


@pytest.fixture
def open_map(browser, city_server):
    """Opens the map with a ticket's card, in a browser of its own."""
    contexts = []

    def start(ticket: str, size: Any = LAPTOP) -> Any:
        context = browser.new_context(locale="id-ID", **size)
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page)
        page.goto(f"{city_server.url}/?open={ticket}")
        page.wait_for_selector("#card h2:not(:empty)")
        return page

    yield start
    for context in contexts:
        context.close()


def test_a_tap_counts_once_and_every_open_map_sees_it(open_map, city_server):
    ticket = report(city_server)
    mine, other = open_map(ticket), open_map(ticket, PHONE)
    assert mine.locator("#card .backed").is_hidden()
    button = mine.locator(BUTTON)
    assert button.inner_text() == "Saya juga"
    button.focus()
    mine.keyboard.press("Enter")
    mine.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    assert button.inner_text() == "Anda juga mengalaminya"
    assert mine.evaluate("document.activeElement.matches('.me-too button')")
    assert "Sudah dihitung" in mine.locator("#card .says").inner_text()
    for page in (mine, other):
        page.wait_for_selector("#card .backed:has-text('Didukung 1 warga')")
    # Whoever comes back finds what they said; another browser may say it, too.
    mine.reload()
    mine.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    other.locator(BUTTON).tap()
    mine.wait_for_selector("#card .backed:has-text('Didukung 2 warga')")
    assert supporters(city_server, ticket) == 2
    # And take it back.
    mine.locator(BUTTON).click()
    mine.wait_for_selector(f"{BUTTON}[aria-pressed=false]")
    other.wait_for_selector("#card .backed:has-text('Didukung 1 warga')")
    assert supporters(city_server, ticket) == 1
    assert mine.watch.errors == other.watch.errors == []


def test_a_tap_moves_nothing_under_the_thumb(open_map, city_server):
    ticket = report(city_server)
    page = open_map(ticket, PHONE)
    page.wait_for_selector("#card .me-too button")
    card, button = page.locator("#card"), page.locator(BUTTON)
    before = card.bounding_box(), button.bounding_box()
    button.tap()
    page.wait_for_selector("#card .backed:has-text('Didukung 1 warga')")
    page.wait_for_selector("#card .says:has-text('Sudah dihitung')")
    assert (card.bounding_box(), button.bounding_box()) == before


def test_eight_taps_of_one_browser_at_once_are_one(open_map, city_server):
    """From a page without a mark, past the button that waits for its answer."""
    ticket = report(city_server)
    page = open_map(ticket)
    told = page.evaluate(
        """async (ticket) => Promise.all(Array.from({length: 8}, async () => {
            const answer = await fetch(`/api/v1/complaints/${ticket}/support`, {
                method: 'POST', body: '{}', headers: {'Content-Type': 'application/json'}});
            return (await answer.json()).result;
        }))""",
        ticket,
    )
    assert sorted(told) == ["again"] * 7 + ["new"]
    assert supporters(city_server, ticket) == 1
    button = page.locator(BUTTON)
    button.click()
    page.wait_for_selector("#card .says:has-text('dihitung satu kali')")
    assert supporters(city_server, ticket) == 1


def test_two_tabs_that_tap_at_once_are_one_person(open_map, city_server):
    ticket = report(city_server)
    first = open_map(ticket)
    second = first.context.new_page()
    second.goto(first.url)
    second.wait_for_selector(BUTTON)
    tap = f"() => {{ document.querySelector('{BUTTON}').click(); }}"
    first.evaluate(tap)
    second.evaluate(tap)
    for page in (first, second):
        page.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    assert supporters(city_server, ticket) == 1


def test_a_lost_connection_says_so_and_the_button_stays(open_map, city_server):
    ticket = report(city_server)
    page = open_map(ticket)
    page.route("**/support", lambda route: route.abort())
    page.locator(BUTTON).click()
    page.wait_for_selector("#card .says.wrong:has-text('Belum dihitung')")
    assert page.locator(BUTTON).inner_text() == "Saya juga"
    page.unroute("**/support")
    page.locator(BUTTON).click()
    page.wait_for_selector(f"{BUTTON}[aria-pressed=true]")


def picture(colour: str, size: tuple[int, int] = (640, 480)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "JPEG")
    return drawn.getvalue()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_photos_open_large_by_keys_and_give_the_focus_back(open_map, city_server, size):
    """The photos' answers are made up: here it's about how they are looked at."""
    ticket = report(city_server)
    page = open_map(ticket, size)
    colours = ["#884422", "#228844", "#224488"]

    def with_photos(route):
        answer = route.fetch()
        told = answer.json()
        told["properties"]["photos"] = [
            {"id": f"p{n}", "width": 640, "height": 480,
             "small": f"/photos/p{n}/small.jpg", "large": f"/photos/p{n}/large.jpg"}
            for n in range(3)
        ]  # fmt: skip
        route.fulfill(response=answer, json=told)

    page.route(f"**/api/v1/complaints/{ticket}", with_photos)
    page.route(
        "**/photos/**",
        lambda route: route.fulfill(
            body=picture(colours[int(route.request.url.split("/")[-2][1])]),
            content_type="image/jpeg",
        ),
    )
    page.reload()
    page.wait_for_selector("#card .pics button")
    small = page.locator("#card .pics button")
    assert small.count() == 3
    assert small.nth(1).get_attribute("aria-label") == "Foto 2 dari 3, tampilkan besar"
    small.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.viewer[open]")
    large = page.locator("dialog.viewer > img")
    assert large.get_attribute("src") == "/photos/p1/large.jpg"
    page.keyboard.press("ArrowRight")
    assert large.get_attribute("src") == "/photos/p2/large.jpg"
    page.keyboard.press("ArrowRight")
    assert large.get_attribute("alt") == f"Foto 1 dari 3 untuk {ticket}"
    # The tab key stays inside, and the map's own keys rest.
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    )
    page.keyboard.press("l")
    assert page.locator("#layers").is_hidden()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.viewer", state="detached")
    assert page.locator("#card").is_visible()
    assert page.evaluate("document.activeElement.dataset.photo") == "p1"
    assert [error for error in page.watch.errors if "favicon" not in error] == []
