"""What operators do beside the live map: the drawer's steps, many at once, what happens live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.axe import serious_faults
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("desk"), browser) as office:
        yield office


@pytest.fixture
def desk(served: Staffed) -> Iterator[Staffed]:
    """No complaint at first; afterwards every page is looked through."""
    empty(served)
    yield served
    served.close_pages(("status of 409", "status of 404"))


def command(desk: Staffed, path: str = "/command", **look: Any) -> Any:
    """The operator's live map with the list in front."""
    page = desk.page(desk.world.operator, path, **(look or LAPTOP))
    page.locator(".kpi").first.wait_for(state="attached")
    if page.locator("#tab-list").is_visible():
        page.locator("#tab-list").click()
    return page


def row(page: Any, ticket: str) -> Any:
    return page.locator(f'#list li[data-ticket="{ticket}"]')


def status(desk: Staffed, ticket: str) -> str:
    return str(desk.world.row(ticket).status)


def stands(page: Any, code: str) -> None:
    """The open complaint has this status."""
    page.locator(f"#drawer .case-now .st-{code}").wait_for()


def focused(page: Any, selector: str) -> None:
    page.wait_for_function("(it) => document.activeElement?.matches(it)", arg=selector)


def test_a_mouse_verifies_assigns_holds_and_resumes_in_the_drawer(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = command(desk)
    row(page, ticket).locator("a").click()
    stands(page, "submitted")
    assert f"open={ticket}" in page.url
    page.locator('#drawer [data-step="verify"]').click()
    stands(page, "verified")
    page.locator('#drawer [data-step="assign"]').click()
    page.locator("#drawer .step-form button.primary").click()
    stands(page, "assigned")
    if not page.locator('#drawer [data-step="hold"]').is_visible():
        page.locator("#drawer .more summary").click()
    page.locator('#drawer [data-step="hold"]').click()
    page.locator("#drawer .step-form textarea").fill("Menunggu material")
    page.locator("#drawer .step-form button.primary").click()
    stands(page, "on_hold")
    assert "Menunggu material" in page.locator("#drawer .case-history").inner_text()
    assert status(desk, ticket) == "on_hold"
    page.locator("#drawer").get_by_role("button", name="Tutup").click()
    page.locator("#drawer").wait_for(state="hidden")
    assert "open=" not in page.url
    assert page.url.split("?")[0].endswith("/command")


def test_the_keyboard_alone_verifies_holds_and_archives(desk: Staffed) -> None:
    desk.world.new()
    desk.world.new(description="tes tes")
    page = command(desk)
    page.locator("#list li").nth(1).wait_for()
    first, prank = page.locator("#list li").evaluate_all(
        "(all) => all.map((li) => li.dataset.ticket)"
    )
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    focused(page, "#case-title")
    page.keyboard.press("v")
    stands(page, "verified")
    form = page.locator("#drawer .step-form")
    page.keyboard.press("d")
    form.locator("textarea").wait_for()
    page.keyboard.press("Escape")  # the form goes, the drawer stays
    form.wait_for(state="detached")
    assert page.locator("#drawer").is_visible()
    page.keyboard.press("h")
    focused(page, "#drawer .step-form textarea")
    page.keyboard.type("vahj?")  # letters are letters in a field
    form.get_by_role("button", name="Tunda").press("Enter")
    stands(page, "on_hold")
    assert "vahj?" in page.locator("#drawer .case-history").inner_text()

    page.keyboard.press("Escape")
    page.locator("#drawer").wait_for(state="hidden")
    row(page, prank).locator("a").focus()
    page.keyboard.press("d")
    form.locator("textarea").wait_for()
    assert form.locator('input[value="junk"]').is_checked()
    form.get_by_role("button", name="Arsipkan").press("Enter")
    stands(page, "rejected")
    assert (status(desk, first), status(desk, prank)) == ("on_hold", "rejected")


def test_what_repeats_another_is_merged_and_what_is_anothers_is_handed_over(desk: Staffed) -> None:
    lead, again = desk.world.new(), desk.world.new()
    page = command(desk)
    row(page, again).locator("a").click()
    stands(page, "submitted")
    page.keyboard.press("g")
    page.locator("#drawer .pick").get_by_text(lead).click()
    page.locator("#drawer .step-form button.primary").click()
    stands(page, "duplicate")
    assert status(desk, again) == "duplicate"

    page.keyboard.press("Escape")
    row(page, again).wait_for(state="detached")
    row(page, lead).locator("a").click()
    page.locator("#drawer .case-number").get_by_text(lead).wait_for()
    page.keyboard.press("a")
    form = page.locator('#drawer .step-form[data-step="assign"]')
    form.locator('[name="agency"]').select_option("dlh")
    form.locator('[name="reason"]').fill("Pohonnya yang merusak jalan")
    form.locator("button.primary").click()
    stands(page, "assigned")
    assert desk.world.row(lead).agency_code == "dlh"
    assert "Pohonnya yang merusak jalan" in page.locator("#drawer .case-history").inner_text()


def test_a_step_for_several_says_which_failed_and_why(desk: Staffed) -> None:
    world = desk.world
    good, bad = world.new(), world.new()
    page = command(desk)
    row(page, bad).wait_for()
    for _ in (good, bad):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.locator("#bulk").get_by_text("2 dipilih").wait_for()

    def meanwhile(route: Any) -> None:
        world.act(world.operator, "note", bad, text="Sudah ditanyakan")
        route.continue_()

    page.route("**/api/v1/work/steps", meanwhile, times=1)
    page.keyboard.press("v")
    outcome = page.locator(".bulk-outcome")
    outcome.locator("li").wait_for()
    words = outcome.inner_text()
    assert "Verifikasi: 1 berhasil, 1 tidak" in words
    assert bad in words
    assert "Olivia" in words
    assert (status(desk, good), status(desk, bad)) == ("verified", "submitted")
    assert row(page, bad).locator("input").is_checked()  # what is left stays selected
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('#list input:checked')")


def test_next_and_previous_go_through_the_list_and_back_closes(desk: Staffed) -> None:
    tickets = [desk.world.new() for _ in range(3)]
    page = command(desk)
    row(page, tickets[2]).wait_for()
    shown = page.locator("#list li").evaluate_all("(all) => all.map((li) => li.dataset.ticket)")
    page.locator("#list li a").first.click()
    number = page.locator("#drawer .case-number")
    number.get_by_text(shown[0]).wait_for()
    page.get_by_role("button", name="Aduan berikutnya").click()
    number.get_by_text(shown[1]).wait_for()
    page.keyboard.press("j")
    number.get_by_text(shown[2]).wait_for()
    page.keyboard.press("k")
    number.get_by_text(shown[1]).wait_for()
    assert page.locator('#list [aria-current="true"]').count() == 1
    page.go_back()
    page.locator("#drawer").wait_for(state="hidden")


def test_keys_are_listed_and_single_letters_can_be_switched_off(desk: Staffed) -> None:
    ticket = desk.world.new()
    page = command(desk)
    row(page, ticket).wait_for()
    page.keyboard.press("?")
    focused(page, "#keys-title")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    row(page, ticket).locator("a").click()
    stands(page, "submitted")
    page.keyboard.press("v")
    page.keyboard.press("?")
    assert page.locator("#keys").is_hidden()
    page.keyboard.press("Escape")  # no letter
    page.locator("#drawer").wait_for(state="hidden")
    assert status(desk, ticket) == "submitted"


@pytest.mark.parametrize("look", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_axe_finds_nothing_serious(desk: Staffed, look: dict[str, Any]) -> None:
    ticket = desk.world.new()
    # colours half-way from one look to the other are nobody's
    page = command(desk, **look, reduced_motion="reduce")
    row(page, ticket).wait_for()
    assert serious_faults(page) == []
    row(page, ticket).locator("a").click()
    stands(page, "submitted")
    page.keyboard.press("a")
    page.locator("#drawer .step-form").wait_for()
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#drawer").wait_for(state="hidden")
    if look is LAPTOP:
        page.locator("#theme").click()
        row(page, ticket).locator("a").focus()  # X means the row with the focus
        page.keyboard.press("x")
        page.locator("#bulk").wait_for()
        assert serious_faults(page) == []
        page.keyboard.press("?")
        page.locator("#keys").wait_for()
        assert serious_faults(page) == []
    eventually(lambda: page.locator(".kpi").count() == 5)
