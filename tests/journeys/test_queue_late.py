"""What is late before its resolution is: shown in the queue's rows and found by its filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed

pytestmark = pytest.mark.browser

OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
WORDS = {
    "id": (
        ["Terlambat: verifikasi", "Terlambat: tanggapan pertama", "Terlambat: penyelesaian"],
        ["Verifikasi lewat 2 hari", "Tanggapan lewat 3 jam"],
    ),
    "en": (
        ["Overdue: verification", "Overdue: first answer", "Overdue: resolution"],
        ["Verification 2 days overdue", "First answer 3 hours overdue"],
    ),
}


@pytest.fixture(scope="module")
def desk(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("late"), browser) as found:
        yield found


def row(page: Any, ticket: str) -> Any:
    return page.locator(f'#list li[data-ticket="{ticket}"]')


@pytest.mark.parametrize("look", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("language", WORDS)
def test_what_is_late_is_named_in_its_row_and_found_by_the_filter(
    desk: Staffed, language: str, look: dict[str, Any]
) -> None:
    world = desk.world
    late, held, fresh = world.new(), world.new(), world.new()
    past = (
        "verify_due_at = now() - interval '49 hours',"
        " answer_due_at = now() - interval '3 hours 10 minutes', due_at = now() + interval '9 days'"
    )
    world.set(late, past)
    world.act(world.operator, "hold", held, reason="Menunggu foto")
    world.set(held, past)
    options, badges = WORDS[language]
    page = desk.page(world.operator, f"/agency?duty=open&lang={language}", **look)
    row(page, late).wait_for()
    assert row(page, late).locator(".q-late .due.over").all_inner_texts() == badges
    for other in (held, fresh):
        assert row(page, other).locator(".q-late .due").count() == 0
    assert page.evaluate(OVERFLOW) <= 0

    if look is PHONE:
        page.locator("#toggle-filters").click()
    select = page.locator("#filter-deadline")
    assert select.locator("option").all_inner_texts()[1:4] == options
    select.select_option(label=options[0])
    row(page, fresh).wait_for(state="detached")
    if look is PHONE:
        page.locator("#filters-done").click()
    assert row(page, late).is_visible()
    assert row(page, held).count() == 0
    assert "deadline=late_verify" in page.url
    desk.close_pages()
