"""A case as a citizen's photos and contact reach it: looked at, asked for on the record, hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from sqlalchemy import text

from tests.asking import as_owner, body
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.report_photos import jpeg, picture

pytestmark = [pytest.mark.browser, pytest.mark.long]

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"
GIVEN = {"name": "Siti Rahma", "email": "siti.rahma@example.co.id", "phone": "0812 3456 7890"}
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("case"), browser) as office:
        yield office


@pytest.fixture
def office(served: Staffed) -> Iterator[Staffed]:
    empty(served)
    yield served
    served.close_pages()


def sent_photo(office: Staffed, width: int) -> str:
    data = jpeg(picture(width, 480))
    site = office.server.url
    begun = requests.post(
        f"{site}/api/v1/photos", headers=TUS | {"Upload-Length": str(len(data))}, timeout=10
    )
    address = begun.headers["Location"]
    done = requests.patch(
        address if address.startswith("http") else site + address,
        data=data,
        headers=TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        timeout=20,
    )
    assert done.status_code == 204, done.text
    return address.rstrip("/").rsplit("/", 1)[1]


def report(office: Staffed, photos: int = 2, **changes: Any) -> dict[str, Any]:
    ids = [sent_photo(office, 640 + 16 * n) for n in range(photos)]
    answer = requests.post(
        f"{office.server.url}/api/v1/complaints",
        json=body(photos=ids, contact=GIVEN, **changes),
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def recorded(office: Staffed) -> list[tuple[str, str]]:
    with as_owner(office.world.database) as connection:
        found = connection.execute(text("SELECT actor, purpose FROM geoapp.contact_access"))
        return [(row.actor, row.purpose) for row in found]


def loaded(page: Any, selector: str) -> None:
    """Every picture of *selector* has been drawn."""
    page.wait_for_function(
        "(s) => { const all = [...document.querySelectorAll(s)];"
        " return all.length && all.every((one) => one.complete && one.naturalWidth > 0); }",
        arg=selector,
    )


@pytest.mark.parametrize("look", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_contact_is_asked_for_with_a_purpose_shown_and_put_away(office, look):
    ticket = report(office, anonymous=True)["ticket"]
    page = office.listening_page(office.world.operator, f"/case/{ticket}", **look)
    page.get_by_role("button", name="Tampilkan kontak").click()
    form = page.locator(".why-form")
    form.get_by_role("button", name="Tampilkan kontak").click()
    assert form.locator(".wrong").is_visible()
    assert recorded(office) == []
    form.get_by_role("button", name="Mengatur kunjungan.").click()
    page.keyboard.press("Tab")
    form.get_by_role("button", name="Tampilkan kontak").click()
    card = page.locator(".contact-card")
    card.wait_for()
    assert "siti.rahma@example.co.id" in card.inner_text()
    assert card.get_by_role("link", name="+6281234567890").get_attribute("href") == (
        "tel:+6281234567890"
    )
    assert "Mengatur kunjungan." in card.inner_text()
    assert recorded(office) == [(office.world.operator.label, "Mengatur kunjungan.")]
    assert page.locator("#announce").inner_text() == "Kontak ditampilkan. Ini sudah dicatat."
    # News draws the case anew; what was asked for stays, and isn't asked for again.
    office.world.act(office.world.operator, "verify", ticket)
    page.locator(".case-now .st-verified").wait_for()
    assert card.is_visible()
    assert len(recorded(office)) == 1
    card.get_by_role("button", name="Sembunyikan lagi").click()
    assert "siti.rahma" not in page.content()
    assert page.get_by_role("button", name="Tampilkan kontak").evaluate(
        "(node) => node === document.activeElement"
    )


def test_a_reply_s_photo_is_as_large_as_the_report_s_and_the_case_says_when_it_was_seen(office):
    seen = datetime.now(UTC) - timedelta(hours=3)
    told = report(office, photos=1, observed_at=seen.isoformat())
    answer = requests.post(
        f"{office.server.url}/api/v1/complaints/{told['ticket']}/replies",
        json={
            "key": told["follow_key"],
            "text": "Tadi malam makin gelap.",
            "solved": False,
            "photos": [sent_photo(office, 720)],
        },
        timeout=10,
    )
    assert answer.ok, answer.text
    page = office.page(office.world.operator, f"/case/{told['ticket']}", **LAPTOP)
    loaded(page, ".case-pics img")
    row = page.locator("dt", has_text="Terlihat").locator("xpath=following-sibling::dd[1]")
    assert seen.astimezone(ZoneInfo("Asia/Jakarta")).strftime("%H.%M") in row.inner_text()
    page.screenshot(path=PICTURES / "case-reply-photo-laptop.png")
    assert page.locator(".tl .case-pics img").bounding_box()["width"] > 100
    page.set_viewport_size(PHONE["viewport"])
    page.screenshot(path=PICTURES / "case-reply-photo-phone.png", full_page=True)
    assert page.locator(".tl .case-pics img").bounding_box()["width"] > 100


def test_an_agency_sees_that_a_reporter_is_anonymous_and_nothing_to_press(office):
    ticket = report(office, anonymous=True, confidential=True)["ticket"]
    page = office.page(office.world.admin, f"/case/{ticket}", **LAPTOP)
    section = page.locator(".case-reporter")
    section.wait_for()
    assert "Pelapor anonim" in section.inner_text()
    assert section.get_by_role("button").count() == 0
    loaded(page, ".case-pics img")  # confidential hides photos from the public, not from here


def test_photos_open_large_and_one_is_hidden_from_the_public_with_a_reason(office):
    ticket = report(office, photos=3)["ticket"]
    site = office.server.url
    public = f"{site}/api/v1/complaints/{ticket}"
    before = requests.get(public, timeout=10).json()["properties"]["photos"]
    assert len(before) == 3
    page = office.page(office.world.operator, f"/case/{ticket}", **LAPTOP)
    loaded(page, ".case-pics img")
    page.locator(".case-pics a").nth(1).click()
    page.locator("dialog.viewer").wait_for()
    loaded(page, "dialog.viewer img")
    page.keyboard.press("ArrowRight")
    assert page.locator("dialog.viewer p").inner_text() == "3 / 3"
    page.keyboard.press("Escape")
    page.locator("dialog.viewer").wait_for(state="detached")

    page.get_by_role("button", name="Sembunyikan foto 2").click()
    form = page.locator(".case-pics + .why-form")
    form.get_by_role("button", name="Wajah atau pelat nomor dapat dikenali.").click()
    form.get_by_role("button", name="Sembunyikan", exact=True).click()
    page.get_by_text("Tersembunyi dari publik", exact=True).wait_for()
    after = requests.get(public, timeout=10).json()["properties"]["photos"]
    assert [one["id"] for one in after] == [before[0]["id"], before[2]["id"]]
    hidden = before[1]["large"]
    address = hidden if hidden.startswith("http") else site + hidden
    assert requests.get(address, timeout=10).status_code == 404
    loaded(page, ".case-pics img")  # staff goes on seeing it
    history = page.locator(".case-history").inner_text()
    assert "Foto disembunyikan dari publik" in history
    assert "Wajah atau pelat nomor dapat dikenali." in history

    page.get_by_role("button", name="Tampilkan foto 2 lagi").click()
    form.get_by_role("button", name="Tersembunyi karena keliru.").click()
    form.get_by_role("button", name="Tampilkan lagi", exact=True).click()
    page.get_by_role("button", name="Sembunyikan foto 2").wait_for()
    again = requests.get(public, timeout=10).json()["properties"]["photos"]
    assert [one["id"] for one in again] == [one["id"] for one in before]


def test_a_caller_is_entered_with_a_number_and_the_browser_keeps_none_of_it(office):
    page = office.page(office.world.operator, "/entry", **LAPTOP)
    page.locator("#e-service").fill("lubang")
    page.locator("#e-service-list li").first.click()
    page.locator("#e-text").fill("Lubang besar di depan sekolah")
    page.locator("#e-place").fill("Jelutung")
    page.locator("#e-place-list li").first.click()
    page.locator("#e-caller").fill("Siti Rahma")
    page.locator("#e-phone").fill("0812")
    page.locator("#e-save").click()
    page.locator("#e-phone-error").wait_for()
    kept = page.evaluate("JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})")
    assert "Lubang besar" in kept
    assert "Siti" not in kept
    page.locator("#e-phone").fill("0812 3456 7890")
    page.locator("#e-save").click()
    page.locator("#e-done").wait_for()
    ticket = page.locator("#e-done-ticket").inner_text()
    assert page.locator("#e-caller").input_value() == ""
    page.goto(f"{office.server.url}/case/{ticket}")
    page.get_by_text("Ditinggalkan: nama, telepon").wait_for()
    office.opened[-1][1].errors[:] = [e for e in office.opened[-1][1].errors if "422" not in e]
