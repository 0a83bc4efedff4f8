"""Statistics in a browser: charts, sorting by keys, files, without scripts, for everybody's eyes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.asking import as_owner
from tests.journeys.axe import serious_faults
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed
from tests.usecases.statistics_world import fill

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGE = "/command/statistics"


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    home = tmp_path_factory.mktemp("statistics")
    with staffed(cluster, jambi_template, home, browser) as office:
        with as_owner(office.world.database) as owner:
            fill(owner, 120, seed=7, now=datetime.now(UTC))
        yield office


@pytest.fixture
def office(served: Staffed) -> Iterator[Staffed]:
    yield served
    served.close_pages()


def column(page: Any, table: str, place: int) -> list[str]:
    """The texts of a table's column, from above."""
    return [
        text.strip()
        for text in page.locator(f"#{table} tbody tr > :nth-child({place})").all_text_contents()
    ]


def test_charts_are_drawn_and_their_tables_fold_away(office: Staffed) -> None:
    page = office.page(office.world.operator, PAGE, **LAPTOP)
    for chart in ("#chart-arrivals", "#chart-months"):
        canvas = page.locator(f"{chart} canvas")
        canvas.wait_for()
        drawn = canvas.evaluate(
            "(it) => { const ink = it.getContext('2d').getImageData(0, 0, it.width, it.height).data;"
            " return ink.some((value, place) => place % 4 === 3 && value > 0); }"
        )
        assert drawn
    table = page.locator("details.s-table table")
    assert not table.is_visible()
    page.locator("details.s-table summary").click()
    assert table.is_visible()
    key = page.locator(".s-key").first.text_content()
    assert table.locator("thead th").all_text_contents()[1] in key


def test_keys_sort_a_table_in_place_and_the_address_keeps_it(office: Staffed) -> None:
    page = office.page(office.world.operator, PAGE, **LAPTOP)
    head = page.locator("#agency thead th").nth(1)
    head.locator("a").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    counts = [int(text) for text in column(page, "agency", 2)]
    assert counts == sorted(counts, reverse=True)
    assert "terbesar dahulu" in page.locator("#said").text_content()
    assert page.evaluate("document.activeElement.dataset.column") == "received"
    page.keyboard.press("Enter")
    assert [int(text) for text in column(page, "agency", 2)] == sorted(counts)
    # what the server makes of the same address
    shown = column(page, "agency", 1)
    assert "sort=agency%3Areceived%3Aup" in page.url
    page.reload()
    assert [int(text) for text in column(page, "agency", 2)] == sorted(counts)
    assert sorted(column(page, "agency", 1)) == sorted(shown)
    # the other tables stay as they were
    late = [int(text) for text in column(page, "kelurahan", 8)]
    assert late == sorted(late, reverse=True)


def test_a_filter_and_the_boundaries_of_then_are_carried_into_the_files(
    office: Staffed, tmp_path: Path
) -> None:
    page = office.page(office.world.operator, PAGE, **LAPTOP)
    page.locator("select[name=group]").select_option("waste")
    page.locator("select[name=since]").select_option("")
    page.locator("#asked button").click()
    page.locator(".s-switch a").nth(1).click()
    page.wait_for_url("**boundaries=then**")
    assert column(page, "group", 1) == ["Kebersihan"]
    total = page.locator(".s-kpis dd").first.text_content()
    with page.expect_download() as sent:
        page.locator(".s-all a").first.click()
    kept = tmp_path / "all.csv"
    sent.value.save_as(kept)
    assert "-then-" in sent.value.suggested_filename
    rows = list(csv.DictReader(io.StringIO(kept.read_text("utf-8-sig"), newline="")))
    assert rows[0]["received"] == total
    assert [row["code"] for row in rows if row["table"] == "group"] == ["waste"]


def test_it_is_whole_without_scripts(office: Staffed) -> None:
    page = office.page(office.world.operator, PAGE, **(LAPTOP | {"java_script_enabled": False}))
    assert page.locator("details.s-table table").is_visible()
    assert page.locator("#chart-arrivals").is_hidden()
    page.locator("#agency thead a").first.click()
    names = column(page, "agency", 1)
    assert names == sorted(names, key=str.casefold)
    assert page.locator("#agency thead th").first.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("look", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(office: Staffed, look: dict[str, Any], theme: str) -> None:
    page = office.page(office.world.operator, "/about", **look)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": office.server.url}])
    page.goto(office.server.url + PAGE)
    assert page.locator("html").get_attribute("data-theme") == theme
    page.locator("#chart-months canvas").wait_for()
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
