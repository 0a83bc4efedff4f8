"""A report that is here already: supported by one tap, or told apart; news for whoever wants them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.store.database import Database
from tests.asking import as_owner, rows
from tests.journeys import reporting
from tests.journeys.conftest import LAPTOP
from tests.journeys.reporting import PICTURES, phone
from tests.servers import Server, serve
from tests.support import send

pytestmark = [pytest.mark.browser, pytest.mark.long]

LON, LAT = reporting.centre("Legok")
# 1° of longitude is 111.3 km at the equator: so many degrees are 10 m.
TEN_M = 10 / 111_320


@pytest.fixture
def mailing(jambi: Database, tmp_path: Path) -> Iterator[Server]:
    """A server that sends mail; nobody takes it in these tests."""
    with serve(
        jambi.url,
        tmp_path / "server",
        smtp_url="smtp://127.0.0.1:9",
        mail_from="Aduan <aduan@example.org>",
        public_url="https://aduan.example.org",
    ) as server:
        yield server


def alike(database: Database, *offsets_m: float) -> list[str]:
    """Reports of a lamp so many metres east of the pin."""
    return [
        send(
            database,
            service="street_light_out",
            description=f"Lampu padam, tiang {number}",
            position=LonLat(LON + TEN_M / 10 * metres, LAT),
        )["ticket"]
        for number, metres in enumerate(offsets_m, start=1)
    ]


def to_alike(page: Any) -> None:
    """From the first screen to what is alike at the pin."""
    reporting.choose_street_light(page)
    reporting.point_at(page, LON, LAT)
    reporting.settle_place(page)


def contacts(database: Database) -> list[tuple[str, str]]:
    """Ticket and role of every contact that is kept."""
    with as_owner(database) as connection:
        found = connection.execute(
            text(
                "SELECT ticket, role FROM geoapp.contact JOIN geoapp.complaint"
                " ON (complaint.city_code, complaint.id) = (contact.city_code, complaint_id)"
                " ORDER BY 1"
            )
        )
        return [tuple(one) for one in found]


def supporters(database: Database, ticket: str) -> int:
    return int(reporting.kept(database, ticket).supporters)


def test_me_too_counts_instead_of_a_second_report(
    browser: Any, mailing: Server, jambi: Database
) -> None:
    far, near = alike(jambi, 18, 7)
    before = rows(jambi)["complaint"]
    with phone(browser, mailing) as (page, watch):
        to_alike(page)
        cards = page.locator("#alike-list li")
        expect(cards).to_have_count(2)
        # The nearest first; distances are those of the arithmetic above, to a metre.
        assert [one.get_attribute("data-ticket") for one in cards.all()] == [near, far]
        told = [re.search(r"(\d+) m dari pin", one) for one in cards.all_inner_texts()]
        assert [int(one[1]) for one in told if one] == pytest.approx([7, 18], abs=1)
        page.screenshot(path=PICTURES / "report-alike-two-360.png")
        page.get_by_role("button", name="Saya juga: laporan 1").click()

        page.locator("#thanks-ticket").get_by_text(near).wait_for()
        page.get_by_text("Dukungan Anda tercatat.").wait_for()
        assert page.locator("#thanks-count").inner_text() == "didukung 1 warga"
        page.screenshot(path=PICTURES / "report-thanks-360.png")
        assert supporters(jambi, near) == 1
        assert rows(jambi)["complaint"] == before

        page.locator("#thanks-notify").click()
        page.locator("#thanks-email").fill("siti@")
        page.locator("#thanks-notify-form button").click()
        page.get_by_text("Tuliskan alamat surel").wait_for()
        page.locator("#thanks-email").fill("siti.rahma@example.org")
        page.locator("#thanks-notify-form button").click()
        page.get_by_text("Kabar akan dikirim ke s•••@example.org.").first.wait_for()
        page.screenshot(path=PICTURES / "report-thanks-told-360.png")
        assert contacts(jambi) == [(near, "follower")]

        # The same again from this browser counts once; the draft it was instead of is gone.
        page.goto(f"{mailing.url}/report?again#lokasi")
        page.get_by_role("heading", name="Apa masalahnya?").wait_for()
        page.goto(f"{mailing.url}/report?once-more")
        page.locator("#photo-next").wait_for()
        to_alike(page)
        page.get_by_role("button", name="Saya juga: laporan 1").click()
        page.get_by_text("Anda sudah mendukung laporan ini.").wait_for()
        assert supporters(jambi, near) == 1
        # The only line is of the e-mail address that was none.
        assert watch.errors == []


def test_a_support_by_mistake_is_taken_back_and_the_report_goes_on(
    browser: Any, mailing: Server, jambi: Database
) -> None:
    (other,) = alike(jambi, 9)
    with phone(browser, mailing) as (page, _watch):
        to_alike(page)
        page.get_by_role("button", name="Saya juga: laporan 1").click()
        page.locator("#thanks-undo").click()
        page.locator("#describe-text").wait_for()
        assert supporters(jambi, other) == 0
        reporting.describe(page)
        told = reporting.submitted(page)
        assert told["ticket"] != other


def test_news_are_promised_to_whoever_left_an_address_and_offered_to_others(
    browser: Any, mailing: Server, jambi: Database
) -> None:
    with phone(browser, mailing) as (page, watch):
        to_alike(page)
        # Nothing is alike: the question is skipped without a word.
        page.locator("#describe-anonymous").check()
        assert (
            "semuanya kecuali nama dan kontak Anda" in page.locator("#describe-seers").inner_text()
        )
        page.locator("#describe-confidential").check()
        assert "hanya bahwa ada laporan" in page.locator("#describe-seers").inner_text()
        page.locator("#describe-confidential").uncheck()
        page.locator("#describe-contact summary").click()
        assert (
            "dihapus 365 hari setelah laporan ditutup" in page.locator("#contact-kept").inner_text()
        )
        assert "hanya operator kota" in page.locator("#contact-who").inner_text()
        page.locator("#contact-email").fill("siti rahma")
        page.locator("#describe-text").fill(reporting.SAID)
        page.locator("#describe-form button[type=submit]").click()
        page.get_by_text("Tuliskan alamat surel").wait_for()
        page.locator("#contact-email").fill("siti.rahma@example.org")
        page.screenshot(path=PICTURES / "report-contact-360.png")
        reporting.describe(page)
        # The one place to see a slip of the finger: as it was typed.
        page.get_by_text("siti.rahma@example.org").wait_for()
        first = reporting.submitted(page)
        assert first["notices"] is True
        page.get_by_text("Kabar akan dikirim ke s•••@example.org.").wait_for()
        assert not page.locator("#sent-notify").is_visible()
        page.screenshot(path=PICTURES / "report-sent-mail-360.png")
        assert contacts(jambi) == [(first["ticket"], "reporter")]

        page.locator("#sent-again").click()
        to_alike(page)
        page.locator("#alike-no").click()
        reporting.describe(page)
        second = reporting.submitted(page)
        assert second["notices"] is False
        page.locator("#sent-notify").click()
        page.locator("#sent-email").fill("budi@example.org")
        page.locator("#sent-notify-form button").click()
        page.get_by_text("Kabar akan dikirim ke b•••@example.org.").first.wait_for()
        assert (second["ticket"], "reporter") in contacts(jambi)
        # The key went as a body, and stands in no address that was asked for.
        assert not [url for url in watch.requests if second["follow_key"] in url]
        assert page.locator("#sent-open").get_attribute("href").endswith(second["follow_key"])


def test_what_is_alike_never_stands_in_the_way(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    alike(jambi, 9)
    with phone(browser, city_server) as (page, _watch):
        page.route("**/api/v1/complaints/alike?*", lambda route: route.abort())
        to_alike(page)
        page.locator("#describe-text").wait_for()
        # Loaded anew on that step without an answer the report stands at the next one.
        page.goto(f"{city_server.url}/report?x#serupa")
        page.locator("#describe-text").wait_for()
        page.unroute("**/api/v1/complaints/alike?*")
        page.goto(f"{city_server.url}/report?y#serupa")
        page.get_by_role("heading", name="Apakah ini masalah yang sama?").wait_for()
        # Without a mail server nothing is promised.
        page.get_by_role("button", name="Saya juga: laporan 1").click()
        page.locator("#thanks-open").wait_for()
        assert not page.locator("#thanks-notify").is_visible()


def test_what_is_alike_is_seen_on_a_laptops_map(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    alike(jambi, 18, 7, 8)
    context = browser.new_context(**LAPTOP, locale="id-ID")
    page = context.new_page()
    page.goto(f"{city_server.url}/report")
    to_alike(page)
    # The two that are a metre apart share a sign.
    signs = page.locator(".around-k")
    signs.first.wait_for()
    assert sorted(signs.all_inner_texts()) == ["1, 2", "3"]
    assert page.locator(".around-ring").bounding_box()["width"] > 100
    page.screenshot(path=PICTURES / "report-alike-1440.png")
    context.close()
