"""The reporter disputes an answer on the complaint's page, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geoapp.store.database import Database
from tests.casework import World
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.servers import Server

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"

pytestmark = pytest.mark.browser


def test_the_reporter_says_that_it_isnt_finished(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    world = World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    watch = Watch(page)
    # The plain form's answer leads to the page with the key, as the report page's does.
    page.goto(f"{city_server.url}/about")
    sent = page.evaluate(
        """() => fetch('/api/v1/complaints', {method: 'POST',
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({service: 'pothole', lon: 103.6105, lat: -1.6125,
                                  description: 'Lubang besar di tengah jalan'})})
            .then((answer) => answer.json())"""
    )
    ticket = sent["ticket"]
    world.act(world.operator, "assign", ticket)
    world.act(world.admin, "answer", ticket, text="Tim kami datang besok pagi.")
    world.act(world.officer, "finish", ticket, text="Lubang sudah ditambal.")

    page.goto(f"{city_server.url}{sent['links']['follow']}")
    form = page.locator("#ticket-reply")
    form.wait_for()
    assert page.locator("#reply-title").inner_text() == "Belum selesai? Balas"
    assert page.locator(".tl .words").all_inner_texts() == [
        "Tim kami datang besok pagi.",
        "Lubang sudah ditambal.",
    ]
    page.screenshot(path=PICTURES / "reply-phone.png", full_page=True)

    page.locator("#reply-send").click()
    assert page.locator("#reply-said").inner_text() == "Tuliskan dulu keterangannya."
    page.locator("#reply-text").fill("Lubangnya masih ada di sisi kiri")
    page.locator("#reply-send").click()
    page.get_by_text("Terima kasih. Laporan dibuka kembali.").wait_for()
    page.locator("[data-status-code=reopened]").wait_for(state="attached")
    assert world.events(ticket)[-2].data["text"] == "Lubangnya masih ada di sisi kiri"

    # The key reaches no request's address: not the page's, not the feed's, not the reply's.
    assert not [url for url in watch.requests if sent["follow_key"] in url]
    assert watch.errors == []

    # A change of language drops the fragment; this tab still knows the key.
    page.goto(f"{city_server.url}/c/{ticket}?lang=en")
    page.locator("#reply-title:text-is('Add something')").wait_for()
    context.close()


def test_without_the_key_there_is_no_box(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    ticket = World.build(jambi).new()
    context = browser.new_context(**LAPTOP)
    page = context.new_page()
    for address in (f"/c/{ticket}", f"/c/{ticket}#kunci=short", f"/c/{ticket}#kunci=" + "1" * 16):
        page.goto(city_server.url + address)
        page.locator("#ticket-live").wait_for()
        assert page.locator("#ticket-reply").is_hidden()
    context.close()
