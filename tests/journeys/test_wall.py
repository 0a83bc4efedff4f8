"""The command center's wall: what it shows by itself, hour after hour, and what when it is cut off."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.asking import as_owner
from tests.journeys.axe import serious_faults
from tests.journeys.staff import Staffed, empty, staffed
from tests.journeys.wall import FAKE_FEED, PUMP, WALL, Scales
from tests.servers import serve
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATH = "/command?wall"
SLIDE_MS = 12_000
SHOWN = "(name) => document.getElementById('slide-name')?.textContent === name"
SAYS = "([id, words]) => document.getElementById(id).textContent.includes(words)"
END_SESSIONS = text("UPDATE geoapp.account_session SET ended_at = now() WHERE ended_at IS NULL")
# Text that is to be read, by its size; what only screen readers get is left out.
SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const { parentElement: node, textContent: words } = walker.currentNode;
    if (!words.trim() || !node.checkVisibility() || node.closest('.sr, script, style')) continue;
    if (parseFloat(getComputedStyle(node).fontSize) < 22) small.push(words.trim());
  }
  return small;
}"""
CLUSTER = {
    "group": "street_light", "confidence": 99, "count": 22, "expected": 4.7, "cells": 5,
    "kelurahan": ["Legok"], "centre": [103.6, -1.6], "bbox": [103.595, -1.605, 103.605, -1.595],
}  # fmt: skip
RUN = {
    "group": "street_light",
    "window_from": "2026-11-01T00:00:00Z",
    "window_to": "2026-11-12T00:00:00Z",
}


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    home: Path = tmp_path_factory.mktemp("wall")
    with staffed(cluster, jambi_template, home, browser) as found:
        yield found


@pytest.fixture
def hall(office: Staffed) -> Iterator[Staffed]:
    empty(office)
    yield office
    office.close_pages()


def wall_page(hall: Staffed, *, clock: bool = False, feed: str = "", path: str = PATH) -> Any:
    """The wall, signed in as the operator; *clock*: its time stands until we move it."""
    page = hall.page(hall.world.operator, "/about", **WALL)
    if clock:
        page.clock.install()
    if feed:
        page.add_init_script(feed)
    page.goto(hall.server.url + path)
    page.wait_for_function("() => document.getElementById('slide-name').textContent !== ''")
    if clock:
        hold(page)
    return page


def hold(page: Any) -> None:
    """Stop the page's clock."""
    page.clock.pause_at(page.evaluate("() => Date.now()") + 1000)


def shows(page: Any, name: str) -> None:
    page.wait_for_function(SHOWN, arg=name)


def says(page: Any, node: str, words: str) -> None:
    page.wait_for_function(SAYS, arg=[node, words])


def test_it_fills_its_screen_and_is_read_from_afar(hall: Staffed) -> None:
    for _ in range(3):
        hall.world.new()
    page = wall_page(hall)
    says(page, "n-open", "3")
    assert page.locator("#column").bounding_box()["width"] == 656
    assert page.locator("#content").bounding_box() == {
        "x": 0,
        "y": 0,
        "width": 1264,
        "height": 1080,
    }
    assert page.evaluate(SMALL_TEXT) == []
    look = page.evaluate("""() => ({
        figure: getComputedStyle(document.getElementById('n-open')).fontSize,
        cursor: getComputedStyle(document.body).cursor,
        over: [document.scrollingElement.scrollWidth - innerWidth, document.scrollingElement.scrollHeight - innerHeight],
    })""")
    assert look == {"figure": "100px", "cursor": "none", "over": [0, 0]}
    assert page.locator("a, button, input, select, [tabindex='0']").count() == 0
    assert serious_faults(page) == []
    page.set_viewport_size({"width": 3840, "height": 2160})
    page.wait_for_function("() => window.geoapp_map.getSize().x === 2528")
    assert page.locator("#column").bounding_box()["width"] == 1312
    assert (
        page.evaluate("() => getComputedStyle(document.getElementById('n-open')).fontSize")
        == "200px"
    )


def test_it_goes_through_the_groups_that_have_something(hall: Staffed) -> None:
    hall.world.new(service="pothole")
    hall.world.new(service="street_light_out")
    hall.world.new(service="street_light_out")
    page = wall_page(hall, clock=True)
    order = []
    for _ in range(3):
        order.append((page.text_content("#slide-name"), page.text_content("#slide-count").strip()))
        page.clock.run_for(SLIDE_MS)
    assert sorted(order[:2]) == [("Jalan", "1 terbuka"), ("Lampu jalan", "2 terbuka")]
    assert order[2] == order[0]
    assert page.locator("#cycle li").count() == 2
    assert page.locator("#cycle .on").count() == 1


def test_an_alarm_stands_on_the_map_and_a_new_one_is_shown_at_once(hall: Staffed) -> None:
    hall.world.new(service="pothole")
    hall.world.new(service="street_light_out")
    clusters: list[dict[str, Any]] = []
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"clusters": clusters, "runs": [RUN]})

    def until_asked_again() -> None:
        before = len(asked)
        for _ in range(310):
            page.clock.run_for(1000)
            if len(asked) > before:
                return
        raise AssertionError("hotspots aren't asked for every five minutes")

    page = hall.page(hall.world.operator, "/about", **WALL)
    page.clock.install()
    page.route("**/api/v1/hotspots", answer)
    page.goto(hall.server.url + PATH)
    shows(page, "Jalan")
    hold(page)
    clusters[:] = [CLUSTER | {"confidence": 90}]
    until_asked_again()
    page.clock.run_for(2 * SLIDE_MS)
    assert page.locator("#alarm").is_hidden(), "a fringe is no alarm"
    clusters[:] = [CLUSTER]
    until_asked_again()
    says(page, "alarm-title", "Lampu jalan, Legok")
    assert page.text_content("#slide-name") == "Lampu jalan"
    said = "22 aduan dalam 11 hari, 4,7 bila tersebar merata. Keyakinan 99%."
    assert page.text_content("#alarm-text") == said
    assert page.text_content(".a-flag text") == "22 aduan, 11 hari"
    flag, circle = (page.locator(part).bounding_box() for part in (".a-flag rect", ".a-circle.new"))
    assert any(
        (
            flag["x"] + flag["width"] < circle["x"],
            flag["x"] > circle["x"] + circle["width"],
            flag["y"] + flag["height"] < circle["y"],
            flag["y"] > circle["y"] + circle["height"],
        )
    ), "the flag hides nothing of what it points at"
    page.clock.run_for(SLIDE_MS)
    shows(page, "Jalan")
    assert page.locator("#alarm").is_hidden()


def test_a_new_complaint_appears_by_itself(hall: Staffed) -> None:
    hall.world.new(service="street_light_out")
    page = wall_page(hall)
    says(page, "n-open", "1")
    ticket = hall.world.new(service="pothole")
    row = page.locator(f"#feed li[data-ticket='{ticket}']")
    row.wait_for()
    assert row.evaluate("(node) => node === node.parentElement.firstElementChild")
    assert "Jelutung" in row.text_content()
    page.locator("#legend-fresh").wait_for()
    says(page, "n-open", "2")
    says(page, "n-today", "2")


def test_it_says_when_it_is_cut_off_and_catches_up(
    cluster, jambi_template, tmp_path, browser
) -> None:
    with staffed(cluster, jambi_template, tmp_path, browser) as hall:
        hall.world.new(service="street_light_out")
        page = wall_page(hall)
        says(page, "n-open", "1")
        hall.server.process.send_signal(signal.SIGTERM)
        hall.server.process.wait(timeout=15)
        page.locator("#strip").wait_for()
        assert "Terputus sejak" in page.text_content("#strip-text")
        assert page.text_content("#status") == "Terputus"
        assert page.text_content("#n-open") == "1", "the last figures stay"
        ticket = hall.world.new(service="pothole")
        database = hall.world.database.url
        with serve(database, tmp_path / "again", port=hall.server.port):
            page.locator("#strip").wait_for(state="hidden", timeout=30_000)
            page.locator(f"#feed li[data-ticket='{ticket}']").wait_for()
            says(page, "n-open", "2")
            assert page.text_content("#status") == "Langsung"
            later = hall.world.new(service="pothole")
            page.locator(f"#feed li[data-ticket='{later}']").wait_for()
            hall.close_pages(
                expected=("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY", "503", "502")
            )


def test_a_feed_that_is_silent_because_its_cable_was_pulled_is_begun_anew(hall: Staffed) -> None:
    hall.world.new(service="pothole")
    page = wall_page(hall, clock=True, feed=FAKE_FEED)
    first = page.evaluate("() => { window.sources[0].first = true; return window.sources.length; }")
    assert first == 1
    page.route("**/api/v1/work/**", lambda route: route.abort())
    page.route("**/command?wall=version", lambda route: route.abort())
    page.clock.run_for(30_000)
    page.locator("#strip").wait_for()
    page.unroute_all()
    page.clock.run_for(5_000)
    page.locator("#strip").wait_for(state="hidden")
    assert page.evaluate("() => [window.sources.length, window.sources[0].first]") == [1, None]
    hall.close_pages(expected=("ERR_FAILED",))


def test_a_session_that_ended_is_told_in_large_words(hall: Staffed) -> None:
    hall.world.new(service="pothole")
    page = wall_page(hall, clock=True)
    with as_owner(hall.world.database) as connection:
        connection.execute(END_SESSIONS)
    page.clock.run_for(30_000)
    page.get_by_text("Layar ini sudah keluar").wait_for()
    assert (
        page.locator("#column").evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
    )
    assert (
        page.evaluate(
            "() => parseFloat(getComputedStyle(document.getElementById('ended-title')).fontSize)"
        )
        >= 100
    )
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/login?next=/command?wall"))
    hall.close_pages(expected=("401",))


def test_another_version_is_loaded_gently_and_not_again_and_again(hall: Staffed) -> None:
    hall.world.new(service="pothole")
    page = wall_page(hall, clock=True)
    loaded: list[str] = []
    page.on("load", lambda: loaded.append(page.url))
    page.route("**/command?wall=version", lambda route: route.fulfill(json={"version": "another"}))
    minute = 60_000
    with page.expect_response("**/command?wall=version") as told:
        page.clock.run_for(5 * minute)
    told.value.finished()
    # A round trip later the page has read it, too; until then the next slide would come as ever.
    page.evaluate("() => fetch('/health').then((answer) => answer.text())")
    assert loaded == []
    with page.expect_navigation():
        page.clock.run_for(SLIDE_MS)
        page.wait_for_function("() => document.body.classList.contains('leaving')")
        page.clock.run_for(1000)
    shows(page, "Jalan")
    with page.expect_response("**/command?wall=version"):
        page.clock.run_for(5 * minute)
    page.clock.run_for(2 * SLIDE_MS)
    assert len(loaded) == 1, "old and new workers may answer by turns"


def test_thousands_of_complaints_leave_no_weight(hall: Staffed) -> None:
    for service in ("pothole", "street_light_out", "waste_pile"):
        hall.world.new(service=service)
    page = wall_page(hall, clock=True, feed=FAKE_FEED)
    scales = Scales(page)
    told = 0

    def pump(number: int) -> None:
        nonlocal told
        for _ in range(number // 50):
            page.evaluate(PUMP, [told, 50, JELUTUNG.lon - 0.02, JELUTUNG.lat - 0.02])
            told += 50
            page.clock.run_for(1000)

    pump(1500)
    before = scales.weigh()
    pump(6000)
    after = scales.weigh()
    assert after.heap_mb - before.heap_mb < 1.0, (before, after)
    assert after.nodes - before.nodes < 100, (before, after)
    assert after.listeners - before.listeners < 10, (before, after)
    assert page.locator("#feed li").count() <= 8
