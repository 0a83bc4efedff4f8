"""A complaint's page for whoever comes by: photos, "me too", news by mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.store.database import Database
from tests.asking import as_owner
from tests.casework import World
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.journeys.test_ticket import PICTURES, photo, sent
from tests.servers import Server, serve

pytestmark = [pytest.mark.browser, pytest.mark.long]

UPLOAD = """async (bytes) => {
    const tus = {'Tus-Resumable': '1.0.0'};
    const data = new Uint8Array(bytes);
    const made = await fetch('/api/v1/photos', {method: 'POST',
        headers: {...tus, 'Upload-Length': String(data.length)}});
    const address = made.headers.get('Location');
    await fetch(address, {method: 'PATCH', body: data, headers: {...tus,
        'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream'}});
    return new URL(address, location.href).pathname.split('/').pop();
}"""


@pytest.fixture
def mailing_server(jambi: Database, tmp_path: Path) -> Iterator[Server]:
    """A server that offers news by mail; nothing is sent, for no worker runs."""
    with serve(
        jambi.url,
        tmp_path / "server",
        smtp_url="smtp://127.0.0.1:9",
        mail_from="aduan@example.org",
        public_url="https://aduan.example.org",
    ) as server:
        yield server


def test_passers_by_look_at_photos_say_me_too_and_follow(
    browser: Any, mailing_server: Server, jambi: Database
) -> None:
    World.build(jambi)
    owner = browser.new_context(**PHONE)
    page = owner.new_page()
    page.goto(f"{mailing_server.url}/about")
    ids = [page.evaluate(UPLOAD, list(photo(colour))) for colour in ("saddlebrown", "slategray")]
    told = sent(page, mailing_server, photos=ids)
    owner.close()

    context = browser.new_context(**PHONE)
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{mailing_server.url}/c/{told['ticket']}")
    small = page.locator(".pics button")
    small.first.wait_for()
    assert small.count() == 2
    small.first.click()
    page.locator("dialog.viewer img").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Saya juga").click()
    page.get_by_text("Didukung 1 warga").wait_for()

    page.get_by_role("button", name="Ikuti").click()
    page.locator("#ticket-email").fill("bukan alamat")
    page.locator("#ticket-notify-form [type=submit]").click()
    page.locator("#ticket-email-error").wait_for()
    page.locator("#ticket-email").fill("tetangga@example.org")
    page.screenshot(path=PICTURES / "ticket-follow-phone.png", full_page=True)
    page.locator("#ticket-notify-form [type=submit]").click()
    page.locator("#ticket-told").wait_for()
    assert "tetangga@" not in page.locator("#ticket-told").inner_text()
    with as_owner(jambi) as connection:
        roles = connection.execute(text("SELECT role FROM geoapp.contact")).scalars().all()
    assert roles == ["follower"]
    page.set_viewport_size(LAPTOP["viewport"])
    page.screenshot(path=PICTURES / "ticket-follow-laptop.png", full_page=True)
    assert [error for error in watch.errors if "422" not in error] == []
    context.close()


def test_the_sender_is_not_asked_to_support_or_follow_their_own(
    browser: Any, mailing_server: Server, jambi: Database
) -> None:
    World.build(jambi)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    told = sent(page, mailing_server)
    page.goto(f"{mailing_server.url}{told['links']['follow']}")
    page.locator("#ticket-contact").wait_for()
    assert page.locator("#join-support button").is_hidden()
    assert page.locator("#ticket-notify").is_hidden()
    context.close()


def test_without_scripts_the_photos_are_links(
    browser: Any, mailing_server: Server, jambi: Database
) -> None:
    World.build(jambi)
    owner = browser.new_context(**LAPTOP)
    page = owner.new_page()
    page.goto(f"{mailing_server.url}/about")
    name = page.evaluate(UPLOAD, list(photo()))
    told = sent(page, mailing_server, photos=[name])
    owner.close()
    context = browser.new_context(**LAPTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{mailing_server.url}/c/{told['ticket']}")
    link = page.locator(".c-pics a")
    assert link.get_attribute("href") == f"/photos/{name}/large.jpg"
    assert link.locator("img").get_attribute("alt") == "Foto 1"
    context.close()
