"""500 hostile texts in every field and file name, on every page, in Chromium: none of them runs.

tests/xss.py has the texts, tests/xss_city.py and tests/xss_people.py plant them, tests/xss_pages.py
knows every page. A text must be seen as text: a page that doesn't show what it should fails, too.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdf
import pytest
from sqlalchemy import text

from geoapp.usecases import contacts, notices
from geoapp.usecases.posting import Post
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.canary_crawl import routes
from tests.journeys.staff import Staffed, staffed
from tests.mail_server import mail_server, mail_settings
from tests.people import csrf_token
from tests.support import eventually
from tests.xss import payloads
from tests.xss_city import CITY, hostile_template
from tests.xss_pages import PAGES, Page, is_data, unknown
from tests.xss_people import Planted, plant
from tests.xss_texts import Texts
from tests.xss_watch import Watched

pytestmark = [pytest.mark.browser, pytest.mark.long]

OWN_FILES = "request: file://"
OWN_PHOTO = re.compile(r"img src=photos/[A-Z0-9-]+-[0-9]+\.jpg")


@dataclass
class Hostile:
    """The city, its texts, and a watched browser for everybody."""

    planted: Planted
    found: Texts
    office: Staffed
    people: dict[str, Watched]

    def browser_of(self, who: str) -> Watched:
        """The one page of whoever it is."""
        if who not in self.people:
            actor = None if who == "visitor" else getattr(self.office.world, who)
            self.people[who] = Watched(self.office, self.found, actor)
        return self.people[who]


@pytest.fixture(scope="module")
def hostile(
    cluster: Any, jambi_template: str, browser: Any, tmp_path_factory: Any
) -> Iterator[Hostile]:
    found = Texts()
    with (
        hostile_template(cluster, jambi_template, found) as template,
        staffed(cluster, template, tmp_path_factory.mktemp("xss"), browser) as office,
    ):
        made = Hostile(plant(office, found), found, office, {})
        yield made
        pages = sum(one.pages for one in made.people.values())
        shown = sum(one.shown for one in made.people.values())
        print(f"\n{pages} pages showed hostile texts {shown} times; none ran")
        for one in made.people.values():
            one.close()


def test_every_page_is_known(hostile: Hostile) -> None:
    assert unknown(hostile.office.app) == []


@pytest.mark.parametrize("rule", PAGES)
def test_a_page_shows_them_and_runs_none(hostile: Hostile, rule: str) -> None:
    for page in PAGES[rule]:
        opened(hostile, page)


def opened(hostile: Hostile, page: Page) -> None:
    seen = hostile.browser_of(page.who)
    for path in page.paths(hostile.planted):
        seen.open(path, status=page.status)
        page.dig(hostile.planted, seen)
        seen.fine(path)


def test_what_runs_would_be_seen(hostile: Hostile) -> None:
    """Not blind: without the policy it runs and is told, with it the policy tells."""
    for bypass, expected in ((True, "ran: 7"), (False, "violation: script-src")):
        seen = Watched(hostile.office, hostile.found, bypass=bypass)
        seen.open("/about")
        seen.do(
            "() => { const node = document.createElement('div');"
            " node.innerHTML = '<img src=\"data:,\" onerror=hit(7)>'; document.body.append(node); }"
        )
        eventually(
            lambda: seen.do("1") and any(expected in one for one in seen.wrong),  # noqa: B023
            what=expected,
        )
        assert seen.do("xss.wrong()") != []
        seen.close()


@pytest.mark.parametrize("who", ["operator", "admin", "head", "officer", "city_admin", "auditor"])
def test_what_somebody_may_not_open_runs_nothing_either(hostile: Hostile, who: str) -> None:
    """Every address without a variable, by everybody: pages, refusals and errors."""
    seen = hostile.browser_of(who)
    for rule in (rule for rule in PAGES if "<" not in rule):
        seen.page.goto(hostile.office.server.url + rule)
        seen.look(rule)


def test_what_arrives_while_a_page_is_open_runs_nothing(hostile: Hostile) -> None:
    """By the feed, into the map's list, the queue, and the open case."""
    seen, staff = hostile.browser_of("visitor"), hostile.browser_of("operator")
    values = hostile.found.spread("arrival", 8)
    for one, path in ((seen, "/"), (staff, "/agency")):
        with one.page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/live")):
            one.page.goto(hostile.office.server.url + path)
        one.look(path)
    world = hostile.office.world
    for value in values:
        ticket = world.new(description=value.text[:2000], landmark=value.text[:200])
        seen.page.wait_for_selector(f'#list a[data-ticket="{ticket}"]', timeout=20_000)
        seen.note(seen.do("(t) => xss.visit([t], '#card')", ticket), "an arrival")
        staff.do("(t) => xss.visit([t], '#drawer')", ticket)
        # what everybody hears of; what staff notes comes with the next look at the case
        world.act(world.admin, "answer", ticket, text=value.text)
        staff.do(
            "(mark) => xss.until(() => document.querySelector('#drawer .case-history')"
            "?.textContent.includes(mark), 'news')",
            f"#arrival{value.number}.",
        )
        staff.look("news of a case", new=False)
    seen.look("arrivals")


def test_hostile_addresses_run_nothing(hostile: Hostile) -> None:
    """As a ticket, in the search, as filters, as a fragment: some as pages, all in the map's."""
    seen, staff = hostile.browser_of("visitor"), hostile.browser_of("operator")
    known = payloads()
    for one, path in ((seen, "/"), (staff, "/agency")):
        one.open(path)
        for start in range(0, len(known), 50):
            one.do(
                "(all) => { for (const text of all) {"
                " history.pushState({}, '', `?open=${encodeURIComponent(text)}`);"
                " dispatchEvent(new PopStateEvent('popstate', {state: {}})); } }",
                known[start : start + 50],
            )
            one.look("an address", new=False)
    for n, words in enumerate(known):
        text, at = quote(words[:100], safe=""), n % 12
        if n % 10:
            answer = seen.page.request.get(f"{hostile.office.server.url}/c/{text}")
            assert answer.status in (404, 308), (words, answer.status)
            assert "<script>hit" not in answer.text()
            continue
        whose = staff if at in (5, 6, 7) else seen
        path = (f"/?q={text}", f"/?open={text}", f"/?group={text}&status={text}&since={text}",
                f"/?kelurahan={text}", f"/c/{text}", f"/agency?q={text}&officer={text}",
                f"/case/{text}", f"/agency?deadline={text}&channel={text}&area={text}",
                f"/report?service={text}&lon={text}", f"/areas?level={text}&status={text}",
                f"/?lang={text}#{text}", f"/login?next={text}")[at]  # fmt: skip
        whose.page.goto(hostile.office.server.url + path)
        whose.look(path)


def test_data_is_no_page(hostile: Hostile) -> None:
    """What isn't a page is nothing that a browser would take for one."""
    boss = hostile.browser_of("city_admin")
    for _, rule, _view in routes(hostile.office.app):
        if not is_data(rule) or "<" in rule or rule in {"/live", "/live/work"}:
            continue
        answer = boss.page.request.get(hostile.office.server.url + rule)
        assert "html" not in answer.headers.get("content-type", ""), rule
        assert answer.headers["x-content-type-options"] == "nosniff", rule


def test_papers_are_papers(hostile: Hostile, tmp_path: Path) -> None:
    """The dossier has no action, the exported page runs nothing when opened from a disk."""
    seen, client = hostile.browser_of("visitor"), hostile.planted.citizen
    for ticket, key in [hostile.planted.rich, *hostile.planted.rated[:3]]:
        paper = client.post(f"/api/v1/complaints/{ticket}/dossier", json={"key": key})
        assert paper.status_code == 200, paper.text
        for sign in (
            b"/JavaScript",
            b"/JS",
            b"/AA",
            b"/Launch",
            b"/URI",
            b"/Annot",
        ):
            assert sign not in paper.data, sign
        # how large the first page is shown, which is no action
        assert paper.data.count(b"/OpenAction") == paper.data.count(
            b"/OpenAction [3 0 R /FitH null]"
        )
        words = "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.data)).pages
        )
        assert "hit(" in words
        packed = client.post(f"/api/v1/complaints/{ticket}/export", json={"key": key})
        assert packed.status_code == 200, packed.text
        zipfile.ZipFile(io.BytesIO(packed.data)).extractall(tmp_path / ticket)
        seen.page.goto(f"file://{tmp_path / ticket / 'data.html'}")
        seen.wrong[:] = [one for one in seen.wrong if not one.startswith(OWN_FILES)]
        least = 100 if ticket == hostile.planted.rich[0] else 30  # as much as was said of it
        assert hostile.found.look(seen.do("xss.words(document)")) > least
        # what it is made of lies beside it
        odd = [one for one in seen.do("xss.wrong()") if "file:" not in one]
        assert [one for one in odd if not OWN_PHOTO.fullmatch(one)] == []
        seen.fine("the export")


def test_mails_are_plain_text(hostile: Hostile) -> None:
    """Of what people wrote there is nothing in them; of names, text that no reader acts on."""
    world, settings = hostile.office.world, hostile.office.app.extensions["geoapp"].settings
    with mail_server() as box:
        settings = mail_settings(settings, box.port)
        notices.look(world.database, settings)
        ticket = hostile.planted.entered[0][0]
        contacts.follow(
            world.database, Vault(settings), world.city, ticket, "wati@example.org", "id"
        )
        world.act(world.operator, "verify", ticket)
        notices.look(world.database, settings)
        with as_owner(world.database) as owner:
            owner.execute(text("UPDATE geoapp.delivery SET due_at = now() WHERE state = 'waiting'"))
        Post(world.database, settings).deliver()
        assert box.received
        for mail in box.received:
            assert [part.get_content_type() for part in mail.message.walk()] == ["text/plain"]
            written = mail.message.get_content()
            assert not any(value.text in written for value in hostile.found.fields["description"])


def test_files_with_hostile_names_are_sent(hostile: Hostile) -> None:
    """A boundary file's name, and a photo's in the form that works without scripts."""
    boss, client = hostile.browser_of("city_admin"), hostile.planted.citizen
    known, token = payloads(), csrf_token(hostile.planted.citizen, "/report")
    boss.open("/admin/boundaries")
    for start in range(0, len(known), 25):
        for first in range(start, start + 25, 5):
            names = known[first : first + 5]
            # one that is looked into, which takes a while, and four that are empty
            files = [io.BytesIO(b"" if n else b"no photo") for n in range(len(names))]
            answer = client.post(
                "/report", content_type="multipart/form-data",
                data={"csrf_token": token, "service": "", "description": "\n".join(names),
                      "photos": list(zip(files, (f"{name}.jpg" for name in names), strict=True))},
            )  # fmt: skip
            assert answer.status_code in (400, 422), answer.status_code
            assert not [name for name in names if f"{name}.jpg" in answer.text]
            assert "<script>hit" not in answer.text, first
        name = known[start].replace("/", "\u2215")
        boss.page.set_input_files(
            "#file",
            {"name": f"{name}.geojson", "mimeType": "text/plain", "buffer": b'{"type": "F"'},
        )
        boss.page.fill("#version", known[start][:60])
        boss.page.click("#upload [type=submit]")
        boss.page.wait_for_selector("#file-fault")
        boss.look("a refused boundary file", new=False)


def test_a_city_with_a_hostile_name(hostile: Hostile) -> None:
    """It stands on nearly every page: all texts at once, on one page of each sort."""
    value = hostile.found.spread("cityname", 1)[0]
    with as_owner(hostile.office.world.database) as owner:
        owner.execute(CITY, {"text": value.text})
    seen = hostile.browser_of("visitor")

    def known() -> bool:
        asked = [seen.page.request.get(f"{hostile.office.server.url}/api/v1/city") for _ in "123"]
        return all("#cityname0." in one.text() for one in asked)

    eventually(known, within_s=30, what="the server knows the city's new name")
    ticket, key = hostile.planted.rich
    for path in ("/", "/about", "/about?lang=en", "/report", "/privacy", "/login", "/areas",
                 f"/c/{ticket}#kunci={key}"):  # fmt: skip
        seen.open(path)
    for who, path in (("operator", "/agency"), ("operator", "/entry"), ("officer", "/field"),
                      ("operator", f"/case/{ticket}"), ("city_admin", "/admin")):  # fmt: skip
        hostile.browser_of(who).open(path)


def test_every_text_of_every_field_was_seen(hostile: Hostile) -> None:
    """Runs after the pages: what was planted stood somewhere, as it was written."""
    found = hostile.found
    missing = {name: len(gone) for name in found.fields if (gone := found.missing(name))}
    assert {name for name in missing if not found.never_shown(name)} == set(), missing
    for name, refused in found.refused.items():
        assert len(refused) < 50, (name, refused)
