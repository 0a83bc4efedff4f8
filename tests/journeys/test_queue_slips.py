"""What slips under people's hands: double clicks, cases that leave, sessions that end, lost focus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import LAPTOP
from tests.journeys.staff import Staffed, staffed

pytestmark = [pytest.mark.browser, pytest.mark.long]

FOCUS = "document.activeElement === document.body ? 'BODY' : document.activeElement.id || document.activeElement.className"


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("slips"), browser) as found:
        yield found


@pytest.fixture
def desk(office: Staffed) -> Iterator[Staffed]:
    """The office; afterwards every page is looked through for errors."""
    yield office
    # A refusal is an answer: the browser notes its status, the page says why.
    office.close_pages(("status of 400", "status of 401", "status of 404"))


def slowly(page: Any, pattern: str) -> list[str]:
    """Answers to *pattern* come late enough for a second click; the list holds what was sent."""
    sent: list[str] = []

    def hold(route: Any) -> None:
        sent.append(route.request.post_data or "")
        page.wait_for_timeout(300)
        route.continue_()

    page.route(pattern, hold)
    return sent


def row(page: Any, ticket: str) -> Any:
    return page.locator(f'#list li[data-ticket="{ticket}"]')


def test_a_double_click_takes_a_step_once(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.page(desk.world.operator, f"/case/{ticket}", **LAPTOP)
    sent = slowly(page, "**/steps")
    page.locator('.act-bar [data-step="verify"]').dblclick()
    page.locator(".case-now .st-verified").wait_for()
    page.locator('.act-bar [data-step="assign"]:enabled').wait_for()
    assert len(sent) == 1
    assert page.locator(".failed").count() == 0
    assert [event.status for event in desk.world.events(ticket)] == ["submitted", "verified"]


def test_a_double_click_for_many_takes_the_step_once(desk: Staffed) -> None:
    first, second = desk.world.new(), desk.world.new()
    page = desk.page(desk.world.operator, "/agency", **LAPTOP)
    for ticket in (first, second):
        row(page, ticket).locator("input").check()
    sent = slowly(page, "**/api/v1/work/steps")
    page.locator('.bulk-steps [data-step="verify"]').dblclick()
    page.locator(".bulk-outcome b").wait_for()
    row(page, second).wait_for(state="detached")
    assert len(sent) == 1
    assert "berhasil untuk semua (2)" in page.locator(".bulk-outcome").inner_text()
    assert desk.world.row(first).status == desk.world.row(second).status == "verified"


def test_a_key_pressed_twice_takes_the_step_once(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = desk.page(desk.world.operator, "/agency", **LAPTOP)
    row(page, ticket).locator("a").focus()
    sent = slowly(page, "**/api/v1/work/steps")
    page.keyboard.press("v")
    page.keyboard.press("v")
    row(page, ticket).wait_for(state="detached")
    assert len(sent) == 1
    assert page.locator(".bulk-outcome li").count() == 0


def test_a_case_handed_over_leaves_with_words_and_a_way_back(desk: Staffed) -> None:
    world = desk.world
    ticket, other = world.new(), world.new()
    for one in (ticket, other):
        world.act(world.operator, "assign", one)
    page = desk.page(world.admin, f"/case/{ticket}", **LAPTOP)
    hand_over(page)
    back = page.get_by_role("link", name="Kembali ke antrean")
    back.wait_for()
    said = page.locator("#case").inner_text()
    assert ticket in said
    assert "Diserahkan ke Dinas Lingkungan Hidup" in said
    assert "tidak lagi di instansi Anda" in said
    assert page.evaluate("document.activeElement.textContent") == "Kembali ke antrean"
    back.click()
    row(page, other).locator("a").click()
    hand_over(page)
    page.locator("#drawer").wait_for(state="hidden")
    row(page, other).wait_for(state="detached")
    assert "tidak lagi di instansi Anda" in page.locator(".bulk-outcome").inner_text()
    assert page.evaluate(FOCUS) != "BODY"
    assert world.row(ticket).agency_code == world.row(other).agency_code == "dlh"


def hand_over(page: Any) -> None:
    page.locator(".more summary").click()
    page.locator('.more [data-step="hand_over"]').click()
    form = page.locator('.step-form[data-step="hand_over"]')
    form.locator('[name="agency"]').select_option("dlh")
    form.locator('[name="reason"]').fill("Pohon di taman kota")
    form.locator("button.primary").click()


def test_a_session_that_ended_is_told_and_the_text_goes_out_after_signing_in(
    desk: Staffed,
) -> None:
    world = desk.world
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    page = desk.page(world.admin, f"/case/{ticket}", **LAPTOP)
    page.locator('[data-step="answer"]').click()
    page.locator(".step-form textarea").fill("Tim kami ke sana hari Senin.")
    page.context.clear_cookies()
    page.locator(".step-form button.primary").click()
    failed = page.locator(".step-form .failed")
    link = failed.get_by_role("link", name="Masuk di tab baru")
    link.wait_for()
    assert "Sesi Anda" in failed.inner_text()
    assert link.get_attribute("target") == "_blank"
    assert page.locator(".step-form textarea").input_value() == "Tim kami ke sana hari Senin."
    page.context.add_cookies(desk.cookies(world.admin))
    page.locator(".step-form button.primary").click()
    page.locator(".step-form").wait_for(state="detached")
    assert world.events(ticket)[-1].kind == "answer"


def test_the_focus_is_never_lost(desk: Staffed) -> None:
    world = desk.world
    first, second = world.new(), world.new()
    for one in (first, second):
        world.act(world.operator, "assign", one)
    page = desk.page(world.admin, f"/case/{first}", **LAPTOP)
    page.locator('.act-bar [data-step="answer"]:enabled').wait_for()
    page.keyboard.press("r")
    page.locator(".step-form textarea").fill("Tim kami ke sana hari Senin.")
    page.locator(".step-form button.primary").focus()
    page.keyboard.press("Enter")
    page.locator(".step-form").wait_for(state="detached")
    page.locator("#case-title:focus").wait_for()

    page.goto(desk.server.url + "/agency?duty=answer")
    row(page, first).locator("a").focus()
    page.keyboard.press("Enter")
    page.locator("#case-title:focus").wait_for()
    page.locator('#drawer [data-step="start"]').first.evaluate("(node) => node.click()")
    row(page, first).wait_for(state="detached")
    page.keyboard.press("Escape")
    page.locator("#drawer").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.closest('li')?.dataset.ticket") is not None
