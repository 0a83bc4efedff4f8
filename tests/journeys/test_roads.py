"""A complaint beside a national road: passed on by one operator's press, kept by another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed
from tests.roads import jelutung_on_a_national_road

pytestmark = [pytest.mark.browser, pytest.mark.long]

REASON = "Jl. Lintas adalah jalan nasional; yang berwenang adalah BPJN Jambi."


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    home: Path = tmp_path_factory.mktemp("roads")
    with staffed(cluster, jambi_template, home, browser) as found:
        jelutung_on_a_national_road(found.world.database)
        yield found


@pytest.fixture
def desk(office: Staffed) -> Iterator[Staffed]:
    yield office
    office.close_pages()


def test_an_operator_passes_a_complaint_to_the_keeper_of_its_road(desk: Staffed) -> None:
    ticket = desk.world.new(description="Lubang di jalan lintas")
    page = desk.page(desk.world.operator, "/agency", **LAPTOP)
    tab = page.locator('[data-duty="offered"]')
    page.wait_for_function(
        """() => document.querySelector('[data-duty="offered"] .n')?.textContent > '0'"""
    )
    assert "Mungkin bukan wewenang kota" in tab.inner_text()
    tab.click()
    page.locator(f'#list li[data-ticket="{ticket}"]').wait_for()
    assert "duty=offered" in page.url
    page.goto(f"{desk.server.url}/agency?duty=offered&open={ticket}")
    offer = page.locator(".case-offer")
    offer.wait_for()
    told = " ".join(offer.inner_text().split())
    assert "Mungkin bukan wewenang kota" in told
    assert "Jl. Lintas (045), jalan nasional · BPJN Jambi" in told
    assert "8 m dari titik ini" in told
    offer.get_by_role("button", name="Nyatakan bukan wewenang").click()
    form = page.locator('.step-form[data-step="out_of_authority"]')
    assert form.locator('[name="authority"]').input_value() == "BPJN Jambi"
    assert form.locator('[name="reason"]').input_value() == REASON
    assert desk.world.row(ticket).status == "submitted"  # nothing moves before it is sent
    form.locator("button.primary").click()
    page.locator("#case-live .case-now .st-out_of_authority").wait_for()
    assert "Diserahkan ke pengelola jalan" in page.locator(".case-offer").inner_text()
    row = desk.world.row(ticket)
    assert (row.status, row.authority_offer) == ("out_of_authority", "confirmed")
    page.goto(f"{desk.server.url}/c/{ticket}")
    page.get_by_text(REASON).wait_for()


def test_an_operator_keeps_one_and_the_public_page_says_nothing_of_it(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.page(desk.world.operator, f"/case/{ticket}", **PHONE)
    page.get_by_role("button", name="Tetap wewenang kota").first.click()
    form = page.locator('.step-form[data-step="keep"]')
    form.locator('[name="reason"]').fill("Trotoar milik kota")
    form.locator("button.primary").click()
    page.locator(".case-history .tl b", has_text="Tetap wewenang kota").wait_for()
    assert page.get_by_role("button", name="Nyatakan bukan wewenang").count() == 0
    assert "Trotoar milik kota" in page.locator(".said.inside").inner_text()
    assert page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0
    assert desk.world.row(ticket).authority_offer == "declined"
    page.goto(f"{desk.server.url}/c/{ticket}")
    page.locator("main").wait_for()
    words = page.locator("body").inner_text()
    assert "wewenang" not in words
    assert "Trotoar" not in words
    assert "Lintas" not in words


def test_a_field_officer_reads_of_the_road_and_decides_nothing(desk: Staffed) -> None:
    ticket = desk.world.new()
    desk.world.act(desk.world.operator, "assign", ticket)
    page = desk.page(desk.world.officer, f"/case/{ticket}", **LAPTOP)
    offer = page.locator(".case-offer")
    offer.wait_for()
    assert "Operator memutuskan" in offer.inner_text()
    assert offer.locator("button").count() == 0
    page.goto(f"{desk.server.url}/agency")
    page.locator('[data-duty="open"]').wait_for()
    assert page.locator('[data-duty="offered"]').count() == 0
