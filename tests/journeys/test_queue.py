"""The queue and the case as staff uses them: by keyboard, for many, after somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.casework import World
from tests.databases import clone, drop
from tests.journeys.conftest import FRAMES, LAPTOP, PHONE, Watch
from tests.people import sign_in
from tests.servers import Server, serve

pytestmark = [pytest.mark.browser, pytest.mark.long]

# Row by row: a table's lock and the reads of a page just closed could wait for each other.
EMPTY = [
    text(f"DELETE FROM geoapp.{table}")
    for table in ("complaint_event", "assignment", "complaint", "answer_template")
]
DIGEST = text("""
    INSERT INTO geoapp.agency_digest (city_code, agency_code, day, data)
    VALUES ('15.71', 'pupr_bina_marga', current_date, '{"counts": {"on_hold": 3, "on_hold_long": 1}, "lists": {}}')
    ON CONFLICT DO NOTHING""")
HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </script>"
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
# Boxes of text that lie over each other inside one element; a pixel of rounding is none.
OVERLAPS = """(selector) => {
    const boxes = [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility())
        .map((node) => [node, node.getBoundingClientRect()]);
    const over = ([a, one], [b, two]) => a !== b && !a.contains(b) && !b.contains(a)
        && one.left < two.right - 1 && two.left < one.right - 1
        && one.top < two.bottom - 1 && two.top < one.bottom - 1;
    return boxes.flatMap((one) => boxes.filter((two) => over(one, two)).map(() => one[0].textContent));
}"""


@dataclass
class Desk:
    """A server with its staff, and pages of whoever is signed in."""

    world: World
    server: Server
    app: Any
    browser: Any
    opened: list[tuple[Any, Watch]]

    def page(self, actor: Actor, path: str, look: dict[str, Any] | None = None) -> Any:
        """A page of *actor* at *path*; it must not meet an error or ask anybody else."""
        client = self.app.test_client()
        sign_in(client, actor)
        cookie = client.get_cookie("session")
        context = self.browser.new_context(**(look or LAPTOP), locale="id-ID")
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.server.url}])
        page = context.new_page()
        self.opened.append((context, Watch(page)))
        page.goto(self.server.url + path)
        return page


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Desk]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    home: Path = tmp_path_factory.mktemp("queue")
    app = create_app(
        Settings(home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8), database
    )
    world = World.build(database)
    with serve(database.url, home / "server") as server:
        yield Desk(world, server, app, browser, [])
    app.extensions["geoapp"].hub.close()
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def desk(office) -> Iterator[Desk]:
    """The office with no complaint in it; afterwards every page is looked through."""
    with as_owner(office.world.database) as connection:
        for statement in EMPTY:
            connection.execute(statement)
    yield office
    opened, office.opened = office.opened, []
    for context, _ in opened:
        context.close()
    for _, watch in opened:
        # A refusal is an answer: the browser notes its status, the page says why.
        assert [error for error in watch.errors if "status of 409" not in error] == []
        assert watch.foreign(office.server) == []


def row(page: Any, ticket: str) -> Any:
    return page.locator(f'#list li[data-ticket="{ticket}"]')


def shown(page: Any, ticket: str) -> None:
    row(page, ticket).wait_for()


def before_send(page: Any, pattern: str, run: Callable[[], Any]) -> None:
    """Let *run* happen after the page has looked and before its request arrives, once."""

    def hold(route: Any) -> None:
        run()
        route.continue_()

    page.route(pattern, hold, times=1)


def test_an_operator_verifies_and_assigns_by_keyboard(desk: Desk) -> None:
    ticket = desk.world.new(description=HOSTILE)
    page = desk.page(desk.world.operator, "/agency")
    shown(page, ticket)
    page.keyboard.press("j")
    page.keyboard.press("v")
    row(page, ticket).wait_for(state="detached")  # the tab holds what is to be verified
    assert desk.world.row(ticket).status == "verified"

    page.locator('[data-duty="answer"]').click()
    shown(page, ticket)
    page.keyboard.press("j")
    page.keyboard.press("a")
    form = page.locator('.step-form[data-step="assign"]')
    form.wait_for()
    assert f"open={ticket}" in page.url
    assert page.locator(".case-text").inner_text() == HOSTILE
    form.locator("button.primary").click()
    page.locator("#case-live .case-now .st-assigned").wait_for()
    assert desk.world.row(ticket).status == "assigned"
    assert {event.actor for event in desk.world.events(ticket)[1:]} == {desk.world.operator.label}
    assert "Olivia" in page.locator(".case-history .tl li").first.inner_text()

    page.go_back()  # back closes what was opened last
    page.locator("#drawer").wait_for(state="hidden")
    assert "duty=answer" in page.url
    assert "open=" not in page.url


def test_another_agency_asks_for_a_reason(desk: Desk) -> None:
    ticket = desk.world.new()
    page = desk.page(desk.world.operator, f"/case/{ticket}")
    page.locator('.act-bar [data-step="assign"]').click()
    form = page.locator(".step-form")
    assert form.locator('[name="reason"]').is_hidden()
    form.locator('[name="agency"]').select_option("dlh")
    form.locator("button.primary").click()
    assert form.locator(".field:has([name=reason]) .wrong").is_visible()
    form.locator('[name="reason"]').fill("Pohonnya yang merusak jalan")
    form.locator("button.primary").click()
    page.locator(".case-now .st-assigned").wait_for()
    assert desk.world.row(ticket).agency_code == "dlh"
    inside = page.locator(".said.inside").first
    assert "Pohonnya yang merusak jalan" in inside.inner_text()
    assert "Internal" in inside.inner_text()


def test_a_template_alone_is_told_and_a_real_answer_counts(desk: Desk) -> None:
    world = desk.world
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    world.template("Terima kasih atas laporan Anda.")
    page = desk.page(world.admin, f"/case/{ticket}")
    page.locator(".act-bar button").first.wait_for()
    page.keyboard.press("r")
    form = page.locator('.step-form[data-step="answer"]')
    form.locator("select option:nth-child(2)").wait_for(state="attached")
    form.locator("select").select_option(label="Terima kasih")
    assert form.locator(".preview p").inner_text() == "Terima kasih atas laporan Anda."
    assert "templat saja belum dihitung" in form.locator(".bare").inner_text()
    form.locator("button.primary").click()
    first = page.locator(".case-history .tl li").first
    first.get_by_text("belum ditindaklanjuti").wait_for()
    assert world.row(ticket).handled_at is None
    assert world.row(ticket).first_response_at

    page.keyboard.press("r")
    form.locator("textarea").fill("Terima kasih atas laporan Anda. Tim kami menambalnya Senin.")
    assert form.locator(".bare").is_hidden()
    form.locator("button.primary").click()
    first.get_by_text("dihitung sebagai tindak lanjut").wait_for()
    assert "Adi" in first.inner_text()
    assert "Publik" in first.inner_text()
    assert world.row(ticket).handled_at


def test_a_step_for_many_says_who_failed_and_why(desk: Desk) -> None:
    world = desk.world
    good, bad = world.new(), world.new()
    for ticket in (good, bad):
        world.act(world.operator, "assign", ticket)
    page = desk.page(world.admin, "/agency?duty=answer")
    for ticket in (good, bad):
        row(page, ticket).locator("input").check()
    offered = page.locator(".bulk-steps button").all_inner_texts()
    assert "Mulai kerjakan" in offered
    assert "Lanjutkan" not in offered
    before_send(
        page,
        "**/api/v1/work/steps",
        lambda: world.act(world.operator, "note", bad, text="Ke sana besok"),
    )
    page.locator('.bulk-steps [data-step="start"]').click()
    outcome = page.locator(".bulk-outcome")
    outcome.locator("li").wait_for()
    words = outcome.inner_text()
    assert "Mulai kerjakan: 1 berhasil, 1 tidak" in words
    assert bad in words
    assert good not in words
    assert "Orang lain lebih dulu" in words
    assert "Olivia" in words
    assert "Catatan internal" in words
    assert world.row(good).status == "in_progress"
    assert world.row(bad).status == "assigned"
    assert row(page, bad).locator("input").is_checked()  # what is left stays selected


def test_who_comes_second_learns_who_was_first_and_keeps_the_text(desk: Desk) -> None:
    world = desk.world
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    page = desk.page(world.admin, f"/case/{ticket}")
    page.locator('[data-step="answer"]').click()
    area = page.locator(".step-form textarea")
    area.fill("Tim kami ke sana hari Senin.")
    before_send(
        page, "**/steps", lambda: world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    )
    page.locator(".step-form button.primary").click()
    told = page.locator(".failed.changed")
    told.get_by_text("Olivia").wait_for()
    assert "Ditunda" in told.inner_text()
    assert area.input_value() == "Tim kami ke sana hari Senin."
    assert [event.kind for event in world.events(ticket)].count("answer") == 0

    # The feed brings the news by itself, the button at once; either way it stays told.
    page.evaluate("document.querySelector('.failed.changed button')?.click()")
    page.locator(".case-now .st-on_hold").wait_for()
    assert "Olivia" in told.inner_text()
    assert area.input_value() == "Tim kami ke sana hari Senin."
    page.locator(".step-form button.primary").click()
    page.locator(".step-form").wait_for(state="detached")
    assert world.events(ticket)[-1].kind == "answer"


@pytest.mark.parametrize("who", ["head", "auditor"])
def test_those_who_only_look_see_no_actions(desk: Desk, who: str) -> None:
    world = desk.world
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    before = world.events(ticket)
    actor: Actor = getattr(world, who)
    page = desk.page(actor, "/agency")
    shown(page, ticket)
    row(page, ticket).locator("input").check()
    page.get_by_text("Akun Anda hanya membaca.").wait_for()
    assert page.locator(".bulk-steps button").count() == 0
    page.keyboard.press("Escape")
    row(page, ticket).locator("a").click()
    page.locator("#drawer .case-history").wait_for()
    for key in "vahrngd":
        page.keyboard.press(key)
    assert page.locator(".act-bar button, .step-form").count() == 0
    page.goto(f"{desk.server.url}/case/{ticket}")
    page.locator("#map-region .point-here").wait_for()
    assert page.locator(".act-bar button, .step-form").count() == 0
    assert world.events(ticket) == before


def test_a_new_complaint_comes_by_itself_and_junk_goes_with_one_key(desk: Desk) -> None:
    desk.world.new()
    page = desk.page(desk.world.operator, "/agency")
    page.locator("#list li").first.wait_for()
    page.locator("#live").wait_for()
    prank = desk.world.new(description="test test")
    shown(page, prank)
    row(page, prank).locator("a").focus()
    page.keyboard.press("d")
    form = page.locator('.step-form[data-step="reject"]')
    form.wait_for()
    assert form.locator('input[value="junk"]').is_checked()
    assert form.locator("textarea").input_value()
    form.locator("button.primary").click()
    row(page, prank).wait_for(state="detached")
    assert desk.world.row(prank).status == "rejected"


def test_what_repeats_another_is_merged_with_one_nearby(desk: Desk) -> None:
    world = desk.world
    lead, again = world.new(), world.new()
    page = desk.page(world.operator, f"/case/{again}")
    page.locator(".act-bar button").first.wait_for()
    page.keyboard.press("g")
    page.locator(".pick").get_by_text(lead).click()
    assert page.locator('.step-form [name="lead"]').input_value() == lead
    page.locator(".step-form button.primary").click()
    page.locator(".case-kin").get_by_text(lead).click()
    page.wait_for_url(f"**/case/{lead}")
    assert again in page.locator(".case-kin").inner_text()
    assert world.row(again).status == "duplicate"


def test_new_rows_wait_while_somebody_reads_further_down(desk: Desk) -> None:
    for _ in range(12):
        desk.world.new()
    small = {"viewport": {"width": 1440, "height": 500}}
    page = desk.page(desk.world.operator, "/agency", small)
    page.locator("#live").wait_for()
    page.locator("#list li").last.scroll_into_view_if_needed()
    first = page.locator("#list li").first.get_attribute("data-ticket")
    late = desk.world.new()
    newer = page.locator("#newer")
    newer.wait_for()
    assert newer.inner_text() == "1 aduan baru"
    assert row(page, late).count() == 0
    assert page.locator("#list li").first.get_attribute("data-ticket") == first
    newer.click()
    row(page, late).wait_for(state="attached")
    newer.wait_for(state="hidden")


def test_the_address_holds_what_is_looked_at(desk: Desk) -> None:
    world = desk.world
    ticket, other = world.new(), world.new()
    world.act(world.operator, "assign", other, agency="dlh", reason="Pohon tumbang")
    page = desk.page(world.operator, "/agency?duty=open")
    shown(page, ticket)
    page.locator("#filter-agency").select_option("dlh")
    row(page, ticket).wait_for(state="detached")
    page.locator("#search").fill(ticket.lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.locator("#drawer").get_by_text(ticket, exact=True).wait_for()
    page.reload()
    page.locator("#drawer").get_by_text(ticket, exact=True).wait_for()
    shown(page, other)
    assert row(page, ticket).count() == 0
    page.locator("#clear-filters").click()
    shown(page, ticket)


@pytest.mark.parametrize("width", [360, 1440, 1920])
def test_nothing_overflows_or_overlaps(desk: Desk, width: int) -> None:
    world = desk.world
    ticket = world.new(description="Lubang besar di tengah jalan. " * 12)
    for _ in range(3):
        world.new()
    world.act(world.operator, "assign", ticket)
    world.act(world.operator, "note", ticket, text="Warga menelepon dua kali")
    look = PHONE if width == 360 else {"viewport": {"width": width, "height": 900}}
    page = desk.page(world.operator, f"/agency?duty=open&open={ticket}", look)
    page.locator("#drawer .case-history").wait_for()
    page.locator("#strip-numbers details").first.wait_for()
    page.locator("#list li").nth(3).wait_for(state="attached")
    page.evaluate(FRAMES, 3)  # a new row has its guessed height until it has been drawn
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(OVERLAPS, ".q-row > span, .duty, .bulk-bar .btn") == []
    page.goto(f"{desk.server.url}/case/{ticket}")
    page.locator("#map-region .point-here").wait_for()
    page.locator(".act-bar button").first.wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    texts = ".case-head p, .case-head h1, .due-one dt, .due-one dd > *, .act-bar .btn, .kv dd, .why li, .tl li"
    assert page.evaluate(OVERLAPS, texts) == []
    if width > 360:  # a normal case is seen whole
        assert page.evaluate("document.scrollingElement.scrollHeight - window.innerHeight") <= 0
        assert (
            page.evaluate(
                "[...document.querySelectorAll('[data-scroll]')].filter((n) => n.scrollHeight > n.clientHeight + 1).length"
            )
            == 0
        )


@pytest.mark.parametrize(("width", "rows", "columns"), [(1440, 2, 3), (360, 3, 2)])
def test_the_digests_figures_stand_in_even_rows(
    desk: Desk, width: int, rows: int, columns: int
) -> None:
    with as_owner(desk.world.database) as connection:
        connection.execute(DIGEST)
    look = PHONE if width == 360 else {"viewport": {"width": width, "height": 900}}
    page = desk.page(desk.world.admin, "/agency/digest", look)
    boxes = [card.bounding_box() for card in page.locator(".n-card").all()]
    assert len({box["y"] for box in boxes}) == rows
    assert len({box["x"] for box in boxes}) == columns
    held = page.locator('[data-code="on_hold"]').inner_text().split("\n")
    assert [line for line in held if line] == [
        "Ditunda", "3", "1 di antaranya lebih dari 10 hari kerja",
    ]  # fmt: skip
    above = page.locator(".n-page > p").first.bounding_box()
    assert boxes[0]["y"] - (above["y"] + above["height"]) >= 12
    assert page.evaluate(OVERFLOW) <= 0
