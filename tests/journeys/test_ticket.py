"""A complaint's page in a real browser: what its sender sees and says by their key."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from geoapp.store.database import Database
from tests.casework import World
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.servers import Server

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"

pytestmark = [pytest.mark.browser, pytest.mark.long]


def sent(page: Any, server: Server, **changes: Any) -> dict[str, Any]:
    """A complaint sent through the API by the page's own browser."""
    page.goto(f"{server.url}/about")
    body = {
        "service": "pothole",
        "lon": 103.6105,
        "lat": -1.6125,
        "description": "Lubang besar di tengah jalan",
    } | changes
    told: dict[str, Any] = page.evaluate(
        """(body) => fetch('/api/v1/complaints', {method: 'POST',
            headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})
            .then((answer) => answer.json())""",
        body,
    )
    return told


def photo(colour: str = "saddlebrown") -> bytes:
    """A JPEG as a camera could have taken it."""
    image = Image.new("RGB", (1200, 900), colour)
    ImageDraw.Draw(image).ellipse((300, 250, 900, 650), fill="dimgray")
    held = io.BytesIO()
    image.save(held, "JPEG", quality=85)
    return held.getvalue()


def picked(colour: str = "saddlebrown") -> dict[str, Any]:
    """What a person picks in the browser's file dialog."""
    return {"name": "IMG_0815.jpg", "mimeType": "image/jpeg", "buffer": photo(colour)}


def others_see_nothing_of_it(browser: Any, city_server: Server, ticket: str) -> None:
    """A passer-by finds no word of the sender's reply, and may say "me too"."""
    stranger = browser.new_context(**PHONE)
    other = stranger.new_page()
    other.goto(f"{city_server.url}/c/{ticket}")
    other.locator("#join-support button").wait_for()
    assert "sisi kiri" not in other.content()
    assert other.locator("#ticket-reply").is_hidden()
    other.locator("#join-support button").click()
    other.get_by_text("Didukung 1 warga").wait_for()
    other.screenshot(path=PICTURES / "ticket-stranger-phone.png", full_page=True)
    stranger.close()


def test_a_reply_with_a_photo_reopens_then_it_is_closed_and_rated(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    world = World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    watch = Watch(page)
    told = sent(page, city_server)
    ticket = told["ticket"]
    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "finish", ticket, text="Lubang sudah ditambal.")

    page.goto(f"{city_server.url}{told['links']['follow']}")
    page.locator("#ticket-reply").wait_for()
    assert page.locator("#reply-title").inner_text() == "Belum selesai? Balas"
    page.locator("#reply-text").fill("Masih berlubang di sisi kiri, lihat foto.")
    page.locator("#reply-files").set_input_files([picked()])
    page.locator('#reply-photos .ph[data-state="kept"]').wait_for()
    page.screenshot(path=PICTURES / "ticket-reply-phone.png", full_page=True)
    page.locator("#reply-send").click()
    page.get_by_text("Terima kasih. Laporan dibuka kembali.").wait_for()
    page.locator("[data-status-code=reopened]").wait_for(state="attached")

    # The words and the photo stand in the sender's history, and nowhere for others.
    mine = page.locator("#ticket-history li", has_text="Masih berlubang di sisi kiri")
    mine.locator(".pics img").wait_for()
    assert mine.locator(".pics img").get_attribute("src").startswith("data:image/jpeg")
    others_see_nothing_of_it(browser, city_server, ticket)

    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "finish", ticket, text="Sisi kiri juga sudah ditambal.")
    page.locator("[data-status-code=resolved]").wait_for(state="attached")
    page.locator("#reply-solved").click()
    page.locator("[data-status-code=closed]").wait_for(state="attached")

    # By keys alone, as with a screen reader: into the stars, to the fourth, out again.
    page.locator("#ticket-rating").wait_for()
    page.locator("#rating-send").click()
    missing = page.locator("#rating-wrong")
    assert missing.inner_text() == "Pilih satu sampai lima bintang."
    stars = page.get_by_role("radio", name="4 bintang: baik")
    page.get_by_role("radio", name="1 bintang: sangat buruk").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert stars.is_checked()
    assert missing.is_hidden()
    page.locator("#rating-words").fill("Akhirnya rapi")
    page.screenshot(path=PICTURES / "ticket-rating-phone.png", full_page=True)
    page.locator("#rating-send").click()
    page.locator("#ticket-history li", has_text="Anda memberi nilai 4 dari 5").wait_for()
    assert world.events(ticket)[-1].data == {"stars": 4}

    with page.expect_download() as download:
        page.locator("#ticket-dossier").click()
    assert download.value.suggested_filename == f"{ticket}.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")

    assert not [url for url in watch.requests if told["follow_key"] in url]
    assert watch.foreign(city_server) == []
    assert watch.errors == []
    context.close()


def test_a_confidential_complaint_is_read_by_its_key_alone(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    world = World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    told = sent(page, city_server, confidential=True, description="Pungutan liar di loket dua")
    ticket = told["ticket"]
    world.act(world.admin, "answer", ticket, text="Kami memeriksa loket itu.")
    world.set(ticket, "due_at = :due", due="2026-01-01T00:00:00Z")

    page.goto(f"{city_server.url}/c/{ticket}")
    page.locator("#ticket-live").wait_for()
    for words in ("Pungutan", "memeriksa loket"):
        assert words not in page.content()
    assert page.locator("#ticket-join").count() == 0

    page.goto(f"{city_server.url}/about")
    page.goto(f"{city_server.url}{told['links']['follow']}")
    page.get_by_text("Pungutan liar di loket dua").wait_for()
    assert page.get_by_text("Kami memeriksa loket itu.").is_visible()
    page.screenshot(path=PICTURES / "ticket-confidential-phone.png", full_page=True)

    # The deadline has passed: the sender chooses, and is asked once more.
    page.locator("#escalation-send").click()
    assert "escalated" not in [event.kind for event in world.events(ticket)]
    page.locator("#escalation-send").click()
    page.locator("#escalation-ways").wait_for()
    assert (
        page.locator("#escalation-ways a").first.get_attribute("href") == "https://ombudsman.go.id"
    )
    assert world.events(ticket)[-1].kind == "escalated"
    page.set_viewport_size(LAPTOP["viewport"])
    page.screenshot(path=PICTURES / "ticket-ombudsman-laptop.png", full_page=True)
    context.close()


def test_the_sender_reads_with_which_report_theirs_was_merged(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    world = World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    lead = sent(page, city_server)["ticket"]
    told = sent(page, city_server)
    page.goto(f"{city_server.url}{told['links']['follow']}")
    page.locator("#ticket-data").wait_for()
    assert page.locator("#ticket-keep").is_hidden()
    assert "menangani laporan ini" in page.locator(".c-who").inner_text()

    world.act(world.operator, "merge", told["ticket"], lead=lead)
    page.locator("[data-status-code=duplicate]").wait_for(state="attached")
    last = page.locator("#ticket-history li").last
    last.get_by_text("Digabung dengan").wait_for()
    assert last.get_by_role("link", name=lead).get_attribute("href") == f"/c/{lead}"
    assert "menangani laporan ini" not in page.locator(".c-who").inner_text()
    page.screenshot(path=PICTURES / "ticket-merged-phone.png", full_page=True)
    context.close()


def test_what_became_of_a_press_stands_under_its_button(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    told = sent(page, city_server)
    page.goto(f"{city_server.url}{told['links']['follow']}")
    page.locator("#ticket-data").wait_for()
    page.screenshot(path=PICTURES / "ticket-own-phone.png", full_page=True)
    page.locator("#ticket-data summary").click()
    with page.expect_download():
        page.locator("#data-export").click()
    made = page.get_by_text("Berkas sudah diunduh.")
    made.wait_for()
    export, erase = page.locator("#data-export").bounding_box(), page.locator("#data-erase")
    assert 0 < made.bounding_box()["y"] - export["y"] - export["height"] < 24
    assert made.bounding_box()["y"] < erase.bounding_box()["y"]
    page.locator("#data-ticket").fill("JBI-0000-0000")
    erase.get_by_role("button").click()
    assert "Tidak ada yang dihapus" in page.locator("#data-said").inner_text()
    assert made.count() == 0
    page.screenshot(path=PICTURES / "ticket-data-phone.png", full_page=True)
    page.locator("#data-ticket").fill(told["ticket"])
    erase.get_by_role("button").click()
    page.get_by_text("Sudah dihapus.").wait_for()
    assert erase.count() == 0
    context.close()


def test_the_sender_changes_and_removes_how_they_are_reached(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    told = sent(page, city_server, contact={"name": "Sari", "email": "sari@example.org"})
    page.goto(f"{city_server.url}{told['links']['follow']}")
    page.locator("#ticket-contact").wait_for()
    assert "s•••@e•••.org" in page.locator("#contact-shown").inner_text()
    page.locator("#contact-edit").click()
    page.locator("#contact-phone").fill("bukan nomor")
    page.locator("#contact-form [type=submit]").click()
    page.locator("#contact-phone-error").wait_for()
    page.locator("#contact-phone").fill("0812 3456 7890")
    page.locator("#contact-form [type=submit]").click()
    page.get_by_text("+62•••890").wait_for()
    page.screenshot(path=PICTURES / "ticket-contact-phone.png", full_page=True)
    page.locator("#contact-remove").click()
    assert "s•••" in page.locator("#contact-shown").inner_text()
    page.locator("#contact-remove").click()
    page.locator("#contact-none").wait_for()
    assert page.locator("#contact-shown").inner_text() == ""
    context.close()
