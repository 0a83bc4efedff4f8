"""How each page is opened and what of it is opened then. A route that no table names fails the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import text

from tests.asking import as_owner
from tests.canary_crawl import routes
from tests.xss_people import Planted
from tests.xss_texts import turn
from tests.xss_watch import Watched

Dig = Callable[[Planted, Watched], None]


@dataclass(frozen=True)
class Page:
    """A page: who opens it, by which addresses, and what is opened in it."""

    who: str
    paths: Callable[[Planted], list[str]]
    dig: Dig = lambda _planted, _watched: None
    status: int = 200


def at(*paths: str) -> Callable[[Planted], list[str]]:
    """The same addresses whatever was planted."""
    return lambda _planted: list(paths)


def _codes(sql: str, address: str) -> Callable[[Planted], list[str]]:
    """*address* with each value of the one column."""

    def paths(planted: Planted) -> list[str]:
        with as_owner(planted.office.world.database) as owner:
            return [address.format(row[0]) for row in owner.execute(text(sql))]

    return paths


# what is opened inside pages


def map_and_cards(planted: Planted, seen: Watched) -> None:
    """The list to its end, every card, the layers, the search, a photo."""
    seen.do("xss.toTheEnd('#sheet-body', '#list a.row')")
    assert seen.do("document.querySelectorAll('#list a.row').length") > 150
    seen.look("the list")
    tickets = seen.do("[...document.querySelectorAll('#list a.row')].map((a) => a.dataset.ticket)")
    seen.note(seen.do("(t) => xss.visit(t, '#card')", tickets), "cards", new=True)
    ticket = planted.rich[0]
    seen.note(
        seen.do(
            "(t) => xss.visit([t], '#card', async (card) => { card.querySelector('.pics button').click();"
            " await xss.until(() => document.querySelector('dialog[open] img'), 'photo'); })",
            ticket,
        ),
        "a photo", new=True,
    )  # fmt: skip
    seen.page.keyboard.press("Escape")
    seen.do("document.getElementById('ctl-layers').click()")
    for box in seen.page.locator("#layers input").all():
        box.evaluate("(box) => box.click()")
    seen.look("layers", new=False)
    seen.do("document.getElementById('legend').open = true")
    for words in (*(value.text[:20] for value in planted.found.fields["area"][:12]), "<", "hit"):
        seen.page.fill("#search", words)
        seen.look(f"search {words}", new=False)
    seen.page.fill("#search", "")
    seen.page.mouse.move(900, 450)
    seen.page.mouse.wheel(0, -900)
    seen.look("nearer", new=False)
    for x, y in ((x, y) for x in range(600, 1400, 90) for y in range(200, 800, 110)):
        seen.page.mouse.move(x, y)
    seen.look("what lies under the pointer", new=False)


def filters(_planted: Planted, seen: Watched) -> None:
    """What may be chosen, in the other language."""
    seen.page.locator("#card .in h2").wait_for()
    seen.do("document.querySelectorAll('#chips button').forEach((chip) => chip.click())")
    seen.look("chips", new=False)


def report(planted: Planted, seen: Watched) -> None:
    """The steps of a report, with a file whose name is hostile, and what is alike."""
    for group in range(seen.page.locator("#what-groups button").count()):
        seen.page.locator("#what-groups button").nth(group).evaluate("(node) => node.click()")
        seen.look("services", new=False)
    picker = seen.page.locator("#photo-gallery")
    names = planted.found.cut("filename", 240)
    for start in range(0, len(names), 5):
        files = [
            {"name": value.text.replace("/", "\u2215") + ".jpg", "mimeType": "image/jpeg",
             "buffer": b"no photo"}
            for value in names[start : start + 5]
        ]  # fmt: skip
        picker.set_input_files(files)
        if start % 50 == 0:
            seen.look("files", new=False)
    seen.look("files")


def own_ticket(_planted: Planted, seen: Watched) -> None:
    """What only its sender sees."""
    seen.do("xss.until(() => !document.getElementById('ticket-mine').hidden"
            " || !document.getElementById('ticket-reply').hidden"
            " || !document.getElementById('ticket-contact')?.hidden, 'the sender')")  # fmt: skip
    for opened in seen.page.locator("details").all():
        opened.evaluate("(node) => { node.open = true; }")
    seen.look("the sender's", new=False)


def queue(planted: Planted, seen: Watched) -> None:
    """The list to its end; every case in the drawer, its contact asked for."""
    seen.do("xss.toTheEnd('#list-scroll', '#list > *')")
    seen.look("the queue")
    purposes = planted.found.cut("purpose", 200)
    told = {ticket: turn(purposes, n).text for n, (ticket, _) in enumerate(planted.entered)}
    seen.note(
        seen.do(
            "(told) => xss.visit(Object.keys(told), '#drawer',"
            " (node, ticket) => xss.contact(node, told[ticket]))", told,
        ),
        "drawers", new=True,
    )  # fmt: skip
    seen.pages += len(told) - 1
    steps(planted, seen)


def steps(_planted: Planted, seen: Watched) -> None:
    """Each step that is offered, with its form."""
    offered = seen.do(
        "[...document.querySelectorAll('[data-acts] [data-step]')].map((b) => b.dataset.step)"
    )
    for step in sorted({*offered} - {"verify", "take", "start", "resume", "keep", "close"}):
        seen.do(
            "(step) => { document.querySelectorAll('[data-acts] details').forEach((d) => { d.open = true; });"
            " document.querySelector(`[data-acts] [data-step=\"${step}\"]`)?.click(); }", step,
        )  # fmt: skip
        seen.look(f"step {step}", new=False)


def case(planted: Planted, seen: Watched) -> None:
    """A case whole: its photo large, why it went where it went, its steps."""
    for opened in seen.page.locator("details").all():
        opened.evaluate("(node) => { node.open = true; }")
    seen.look("why", new=False)
    if seen.page.locator("[data-photo]").count():
        seen.page.locator("[data-photo]").first.evaluate("(node) => node.click()")
        seen.page.locator("dialog[open] img").wait_for()
        seen.look("photo", new=False)
        seen.page.keyboard.press("Escape")
    steps(planted, seen)


def duplicates(_planted: Planted, seen: Watched) -> None:
    """All groups."""
    seen.page.locator(".dup").first.wait_for()
    seen.look("groups", new=False)


def field_page(_planted: Planted, seen: Watched) -> None:
    """The jobs, each opened; the sheet of filters."""
    seen.page.locator("#f-jobs a.job").first.wait_for()
    tickets = seen.do(
        "[...document.querySelectorAll('#f-jobs a.job')]"
        ".map((a) => new URL(a.href).searchParams.get('open'))"
    )
    seen.note(seen.do("(t) => xss.visit(t, '#f-job')", tickets[:20]), "jobs", new=True)
    seen.do("history.back()")
    seen.do("document.getElementById('f-filter')?.click()")
    seen.look("filters", new=False)


def entry(planted: Planted, seen: Watched) -> None:
    """What is offered while typing, and a place with its neighbours."""
    for words in ("<", "hit", "a"):
        seen.page.fill("#e-service", words)
        seen.look("services", new=False)
        seen.page.fill("#e-place", words)
        seen.look("places", new=False)
    seen.page.fill("#e-text", planted.found.fields["description"][0].text)
    seen.page.fill("#e-service", "hit")
    seen.do(
        "document.querySelector('#e-service-list li')"
        "?.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, cancelable: true}))"
    )
    seen.page.fill("#e-place", "hit")
    seen.do(
        "document.querySelector('#e-place-list li')"
        "?.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, cancelable: true}))"
    )
    seen.look("a place", new=False)


def command(planted: Planted, seen: Watched) -> None:
    """Cases in the drawer, every layer, all filters and their names, the list, the numbers."""
    tickets = [planted.rich[0], *(ticket for ticket, _ in planted.entered[:12])]
    seen.note(seen.do("(t) => xss.visit(t, '#drawer')", tickets), "drawers of the map", new=True)
    seen.do("document.getElementById('ctl-layers').click()")
    for box in seen.page.locator("#layers input").all():
        box.evaluate("(box) => box.click()")
    seen.look("layers", new=False)
    seen.do("document.getElementById('legend').open = true")
    seen.do("document.querySelector('.saved-now').click()")
    seen.page.locator(".saved-list [data-id]").first.wait_for(state="attached")
    seen.look("filters by name", new=False)
    seen.do("document.getElementById('tab-list').click()")
    seen.do("xss.toTheEnd('#list-scroll', '#list > *')")
    seen.look("the list", new=False)
    for words in ("<", "hit", planted.found.fields["area"][0].text[:20]):
        seen.page.fill("#search", words)
        seen.look(f"search {words}", new=False)


def wall(_planted: Planted, seen: Watched) -> None:
    """A page without controls: what it shows when its figures have come."""
    seen.page.locator("#slide-name").wait_for()
    seen.look("the wall", new=False)


def areas(_planted: Planted, seen: Watched) -> None:
    """Its table and the map beside it."""
    seen.page.locator("table tbody tr").first.wait_for(state="attached")
    seen.look("table", new=False)


def everything_open(_planted: Planted, seen: Watched) -> None:
    """All that folds is unfolded."""
    seen.do("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    seen.look("unfolded", new=False)


AGENCY = "pupr_bina_marga"
BOSS, HEAD, ANYBODY, OPERATOR = "city_admin", "head", "visitor", "operator"

PAGES: dict[str, list[Page]] = {
    "/": [
        Page(ANYBODY, at("/?status=all"), map_and_cards),
        Page(ANYBODY, lambda p: [f"/?status=all&lang=en&open={p.rich[0]}"], filters),
    ],
    "/areas": [Page(ANYBODY, at("/areas", "/areas?level=kelurahan&status=all"), areas)],
    "/about": [Page(ANYBODY, at("/about", "/about?lang=en"))],
    "/privacy": [Page(ANYBODY, at("/privacy"))],
    "/report": [Page(ANYBODY, at("/report"), report)],
    "/c/<ticket>": [
        Page(ANYBODY, lambda p: [f"/c/{t}#kunci={k}" for t, k in [p.rich, *p.rated]], own_ticket),
        Page(ANYBODY, lambda p: [f"/c/{t}" for t in p.passed_on]),
    ],
    "/u/<token>": [Page(ANYBODY, at("/u/nothing"), status=404)],
    "/login": [Page(ANYBODY, at("/login"))],
    "/login/code": [Page(ANYBODY, at("/login/code"))],
    "/login/authenticator": [Page(ANYBODY, at("/login/authenticator"))],
    "/invitation/<token>": [Page(ANYBODY, at("/invitation/nothing"), status=404)],
    "/account": [Page(BOSS, at("/account"))],
    "/account/authenticator": [Page(BOSS, at("/account/authenticator"))],
    "/agency": [Page(OPERATOR, at("/agency"), queue)],
    "/agency/duplicates": [Page(OPERATOR, at("/agency/duplicates"), duplicates)],
    "/agency/numbers": [
        Page(HEAD, at("/agency/numbers"), everything_open),
        Page("auditor", at(f"/agency/numbers?agency={AGENCY}"), everything_open),
    ],
    "/command/statistics": [
        Page(OPERATOR, at("/command/statistics?since="), everything_open),
        Page(HEAD, at("/command/statistics?boundaries=then&since="), everything_open),
    ],
    "/agency/digest": [Page(HEAD, at("/agency/digest"), everything_open)],
    "/agency/templates": [Page(OPERATOR, at("/agency/templates"), everything_open)],
    "/agency/templates/<int:number>": [
        Page(OPERATOR, lambda p: [f"/agency/templates/{n}" for n in p.templates[:25]])
    ],
    "/case/<ticket>": [
        Page(OPERATOR, lambda p: [f"/case/{p.rich[0]}"], case),
        Page("admin", lambda p: [f"/case/{t}" for t in (p.rich[0], p.entered[0][0])], case),
        Page("officer", lambda p: [f"/case/{p.entered[0][0]}"], case),
        Page("auditor", lambda p: [f"/case/{p.rated[0][0]}"], case),
    ],
    "/command": [
        Page(OPERATOR, at("/command?status=all&since=P400D"), command),
        Page("admin", at("/command?status=all&colour=status")),
        Page(OPERATOR, at("/command?wall"), wall),
    ],
    "/entry": [Page(OPERATOR, at("/entry"), entry)],
    "/field": [Page("officer", at("/field"), field_page), Page("admin", at("/field"))],
    "/audit": [Page("auditor", at("/audit")), Page(BOSS, at("/audit"))],
    "/admin": [Page(BOSS, at("/admin"))],
    "/admin/log": [Page("auditor", lambda _: [f"/admin/log?page={n}" for n in range(1, 9)])],
    "/admin/people": [Page(BOSS, at("/admin/people"))],
    "/admin/people/invite": [Page(BOSS, at("/admin/people/invite"))],
    "/admin/people/<int:account>": [Page(BOSS, _codes(
        "SELECT id FROM geoapp.account WHERE kind = 'person' ORDER BY id LIMIT 12",
        "/admin/people/{}"))],
    "/admin/machines": [Page(BOSS, at("/admin/machines"))],
    "/admin/machines/new": [Page(BOSS, at("/admin/machines/new"))],
    "/admin/machines/<int:account>": [Page(BOSS, lambda p: [f"/admin/machines/{p.machine}"])],
    "/admin/agencies": [Page(BOSS, at("/admin/agencies"))],
    "/admin/agencies/new": [Page(BOSS, at("/admin/agencies/new"))],
    "/admin/agencies/<code>": [Page(BOSS, _codes(
        "SELECT code FROM geoapp.agency ORDER BY 1", "/admin/agencies/{}"))],
    "/admin/services": [Page(BOSS, at("/admin/services"))],
    "/admin/services/new": [Page(BOSS, at("/admin/services/new"))],
    "/admin/services/<code>": [Page(BOSS, _codes(
        "SELECT code FROM geoapp.service ORDER BY 1", "/admin/services/{}"))],
    "/admin/service-areas": [Page(BOSS, at("/admin/service-areas"), everything_open)],
    "/admin/service-areas/new": [Page(BOSS, at("/admin/service-areas/new"))],
    "/admin/service-areas/areas/<code>": [Page(BOSS, _codes(
        "SELECT DISTINCT code FROM geoapp.service_area ORDER BY 1 LIMIT 6",
        "/admin/service-areas/areas/{}"))],
    "/admin/holidays": [Page(BOSS, at("/admin/holidays"))],
    "/admin/holidays/<day>": [Page(BOSS, _codes(
        "SELECT day FROM geoapp.holiday ORDER BY 1 LIMIT 5", "/admin/holidays/{}"))],
    "/admin/boundaries": [Page(BOSS, at("/admin/boundaries"))],
    "/admin/boundaries/<int:number>": [Page(BOSS, _codes(
        "SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' OR layer = 'road' ORDER BY 1",
        "/admin/boundaries/{}"), everything_open)],
    "/admin/misfits": [Page(BOSS, at("/admin/misfits"))],
    "/admin/privacy": [
        Page(BOSS, at("/admin/privacy")),
        Page(BOSS, _codes(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS nth"
            " FROM geoapp.privacy_request) AS request WHERE nth % 25 = 0 ORDER BY 1 DESC",
            "/admin/privacy?before={}")),
    ],
    "/admin/privacy/breaches/new": [Page(BOSS, at("/admin/privacy/breaches/new"))],
    "/admin/privacy/breaches/<int:number>": [
        Page(BOSS, lambda p: [f"/admin/privacy/breaches/{n}" for n in p.breaches])
    ],
}  # fmt: skip

DATA = ("/api/", "/tiles/", "/static/", "/photos/", "/live", "/health", "/metrics",
        "/admin/privacy/breaches/<int:number>/notice.txt",
        "/admin/service-areas/neighbours.json", "/admin/service-areas/export.geojson",
        "/admin/boundaries/<int:number>/", "/command/statistics/<table>.")  # fmt: skip
"""Answers for programs: no browser makes a page of them (see `test_data_is_no_page`)."""


def is_data(rule: str) -> bool:
    """Whether a route answers with something else than a page."""
    return rule not in PAGES and rule.startswith(DATA)


def unknown(app: Flask) -> list[str]:
    """Routes that may be opened and that nothing here knows how to open; and pages that are none."""
    rules = {rule for method, rule, _ in routes(app) if method == "GET"}
    return sorted(
        [rule for rule in rules if rule not in PAGES and not is_data(rule)]
        + [rule for rule in PAGES if rule not in rules]
    )
