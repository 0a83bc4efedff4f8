"""A citizen's whole journey: photo, pin, alike, sent, mail, reply, reopened, closed, rated.

With a real worker and a real mail server beside web server and database; and a confidential
report that nobody but the city and its agency can find.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from geoapp.app import create_app
from geoapp.domain.access import StaffRole
from geoapp.domain.place import LonLat
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.casework import World
from tests.journeys import reporting
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.journeys.reporting import PICTURES, file, phone, pick, stored
from tests.journeys.staff import Staffed
from tests.mail_server import Box, Received, mail_server
from tests.people import hire
from tests.report_photos import exif, jpeg, picture
from tests.servers import Server, free_port, serve
from tests.support import eventually, send

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECRET = "test-only" * 8
WIB = timezone(timedelta(hours=7))
LEGOK = reporting.centre("Legok")
ADDRESS = "sari@warga.example"


@dataclass
class City:
    """A city with everything running: its server, database, people, and its letters."""

    server: Server
    database: Database
    world: World
    box: Box

    def mail(self, number: int) -> Received:
        """The mail with this number, waited for: the worker sends it."""
        eventually(lambda: len(self.box.received) >= number, within_s=40, what=f"mail {number}")
        return self.box.received[number - 1]


@contextmanager
def worker(database_url: str, home: Path, **settings: object) -> Iterator[None]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")}
    wanted = {"home": home, "database_url": database_url, "secret_key": SECRET} | settings
    environment |= {f"GEOAPP_{name.upper()}": str(value) for name, value in wanted.items()}
    with (home / "worker.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "worker"],
            env=environment, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.fixture
def city(jambi: Database, tmp_path: Path) -> Iterator[City]:
    port = free_port()
    with mail_server() as box:
        shared: dict[str, object] = {
            "smtp_url": f"smtp://127.0.0.1:{box.port}",
            "mail_from": "Aduan Kota Jambi <aduan@kota.example>",
            "public_url": f"http://127.0.0.1:{port}",
        }
        home = tmp_path / "home"
        with (
            serve(jambi.url, home, port=port, **shared) as server,
            worker(jambi.url, home, **shared),
        ):
            yield City(server, jambi, World.build(jambi), box)


def link(mail: Received) -> str:
    """The address in a mail by which its reader goes on."""
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.search(r"https?://\S+/c/\S+", text)[0]  # type: ignore[index]


def reported(city: City, browser: Any) -> tuple[str, str]:
    """A lamp reported with a photo beside one that is alike: ticket, and the mailed link."""
    lon, lat = LEGOK
    send(
        city.database,
        service="street_light_out",
        description="Lampu di simpang padam sejak Senin",
        position=LonLat(lon + 0.0001, lat),
    )
    taken = (datetime.now(UTC) - timedelta(minutes=9)).astimezone(WIB)
    with phone(browser, city.server) as (page, watch):
        pick(page, file("IMG_2031.jpg", jpeg(picture(), exif(lon, lat, taken))))
        stored(page)
        reporting.choose_street_light(page)
        page.get_by_role("button", name="Pakai letak foto").click()
        page.locator("#where-answer").get_by_text("Kelurahan Legok").wait_for()
        reporting.settle_place(page)
        page.get_by_role("heading", name="Apakah ini masalah yang sama?").wait_for()
        page.get_by_role("button", name="Bukan, laporan saya berbeda").click()
        reporting.describe(page)
        told = reporting.submitted(page)
        ticket = told["ticket"]
        page.get_by_role("button", name="Beri tahu saya perubahannya").click()
        page.locator("input[type=email]:visible").fill(ADDRESS)
        page.locator("form:has(input[type=email]:visible) [type=submit]").click()
        received = city.mail(1)
        assert received.recipient == ADDRESS
        assert ticket in str(received.message["Subject"])
        assert watch.errors == []
    return ticket, link(received)


def test_from_a_photo_to_a_rating(city: City, browser: Any) -> None:
    ticket, mailed = reported(city, browser)
    # Another day, another browser: all that is left is the mail.
    context = browser.new_context(**PHONE, locale="id-ID")
    page = context.new_page()
    watch = Watch(page)
    page.goto(mailed)
    page.locator("#ticket-contact").wait_for()
    city.world.act(city.world.operator, "verify", ticket)
    city.world.act(city.world.operator, "assign", ticket)
    agency = hire(city.database, StaffRole.AGENCY_ADMIN, agency=city.world.row(ticket).agency_code)
    city.world.act(agency, "start", ticket)
    page.locator("[data-status-code=in_progress]").wait_for(state="attached")
    page.locator("#reply-text").fill("Tiangnya juga miring, mohon diperiksa.")
    page.locator("#reply-send").click()
    page.locator("#ticket-history li", has_text="Tiangnya juga miring").wait_for()
    city.world.act(agency, "finish", ticket, text="Lampu diganti, tiang ditegakkan.")
    page.locator("[data-status-code=resolved]").wait_for(state="attached")
    page.locator("#reply-text").fill("Semalam padam lagi.")
    page.locator("#reply-send").click()
    page.locator("[data-status-code=reopened]").wait_for(state="attached")
    city.world.act(city.world.operator, "assign", ticket)
    city.world.act(agency, "finish", ticket, text="Kabel diganti.")
    page.locator("[data-status-code=resolved]").wait_for(state="attached")
    page.locator("#reply-solved").click()
    page.locator("[data-status-code=closed]").wait_for(state="attached")
    page.get_by_role("radio", name="5 bintang").check(force=True)
    page.locator("#rating-send").click()
    page.locator("#ticket-history li", has_text="Anda memberi nilai 5 dari 5").wait_for()
    page.screenshot(path=PICTURES / "citizen-end-360.png", full_page=True)
    assert watch.errors == []
    assert watch.foreign(city.server) == []
    context.close()

    kinds = [event.kind for event in city.world.events(ticket)]
    assert kinds.count("reply") == 3
    assert kinds[-1] == "rating"
    statuses = [event.status for event in city.world.events(ticket) if event.kind == "status"]
    assert statuses == [
        "verified", "assigned", "in_progress", "resolved", "reopened", "assigned", "resolved",
        "closed",
    ]  # fmt: skip

    # Each step that is the citizen's business came by mail, once, and nobody else got any.
    def told_of_the_end() -> bool:
        return any("ditutup" in str(one.message).lower() for one in city.box.received)

    eventually(told_of_the_end, within_s=40, what="the last mail")
    assert {one.recipient for one in city.box.received} == {ADDRESS}
    assert set(city.box.copies().values()) == {1}
    bodies = [
        one.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        for one in city.box.received
    ]
    assert any("Kabel diganti." in body for body in bodies)
    assert all("/u/" in body for body in bodies)


def test_a_confidential_report_is_found_by_its_agency_alone(
    city: City, browser: Any, tmp_path: Path
) -> None:
    said = "Petugas meminta uang untuk menyambung lampu"
    with phone(browser, city.server) as (page, _watch):
        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        reporting.settle_place(page)
        page.locator("#describe-text").fill(said)
        page.locator("#describe-form").get_by_text("Sembunyikan isi dari publik").click()
        page.locator("#describe-form button[type=submit]").click()
        page.locator("#check-promise").wait_for()
        ticket = reporting.submitted(page)["ticket"]
    city.world.act(city.world.operator, "assign", ticket)
    row = city.world.row(ticket)

    stranger = browser.new_context(**LAPTOP, locale="id-ID")
    page = stranger.new_page()
    for path in (
        "/",
        f"/?open={ticket}",
        f"/?q={said.split(maxsplit=1)[0]}",
        "/areas",
        f"/c/{ticket}",
    ):
        page.goto(city.server.url + path)
        page.wait_for_load_state("load")
        page.locator("body").wait_for()
        assert said not in page.content()
    assert page.request.get(f"{city.server.url}/api/v1/complaints/{ticket}").status == 404
    stranger.close()

    app = create_app(
        Settings(home=tmp_path / "app", tile_url="none", secret_key=SECRET), city.database
    )
    office = Staffed(city.world, city.server, app, browser)
    its_own = hire(city.database, StaffRole.AGENCY_ADMIN, agency=row.agency_code)
    another = hire(city.database, StaffRole.AGENCY_ADMIN, agency="dlh")
    page = office.page(its_own, f"/case/{ticket}", **LAPTOP)
    expect(page.get_by_text(said)).to_be_visible()
    page.screenshot(path=PICTURES / "citizen-confidential-case.png")
    page = office.page(another, f"/case/{ticket}", **LAPTOP)
    page.wait_for_load_state("load")
    assert said not in page.content()
    page.goto(f"{city.server.url}/agency")
    page.locator("#list:not(.loading)").wait_for(state="attached")
    assert ticket not in page.content()
    office.close_pages(("status of 404", "status of 403"))
    app.extensions["geoapp"].hub.close()
