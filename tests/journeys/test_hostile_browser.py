"""Hostile texts in a real browser: shown as they are, never run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.servers import serve
from tests.support import eventually, send

pytestmark = pytest.mark.browser

PAYLOADS = (
    "<script>window.marked=1</script> di jalan",
    "<img src=x onerror=window.marked=1> di jalan",
    "${window.marked=1}${alert(1)} di jalan",
    "`+(window.marked=1)+` di jalan raya",
    "</script><svg onload=window.marked=1> di jalan",
    "{{constructor.constructor('window.marked=1')()}}",
    "javascript:window.marked=1 //di jalan",
    '"><a href="javascript:window.marked=1" autofocus onfocus=window.marked=1>x</a>',
    "\\u003cscript\\u003ewindow.marked=1\\u003c/script\\u003e",
    "&lt;script&gt;window.marked=1&lt;/script&gt; &amp; jalan",
)
WATCH = """
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="id-ID")
    opened = context.new_page()
    opened.add_init_script(WATCH)
    opened.dialogs, opened.faults = [], []

    def dialog(shown: Any) -> None:
        opened.dialogs.append(shown.message)
        shown.dismiss()

    opened.on("dialog", dialog)
    opened.on("pageerror", lambda error: opened.faults.append(str(error)))
    yield opened
    context.close()


def nothing_ran(page: Any) -> None:
    assert page.dialogs == []
    assert page.evaluate("window.marked") is None
    assert page.evaluate("window.violations") == []
    assert page.faults == []


@dataclass(frozen=True)
class Here:
    """A running server and its database."""

    url: str
    database: Database


@pytest.fixture
def city_server(jambi: Database, tmp_path: Path) -> Iterator[Here]:
    with serve(jambi.url, tmp_path / "server") as server:
        yield Here(server.url, jambi)


@pytest.fixture
def complaints(city_server) -> dict[str, str]:
    """A complaint for each payload, a hundred metres apart: ticket to payload."""
    return {
        send(
            city_server.database,
            description=payload,
            landmark=payload,
            position=LonLat(103.6105 + 0.001 * number, -1.6125),
        )["ticket"]: payload
        for number, payload in enumerate(PAYLOADS)
    }


def test_the_marker_would_be_seen(page, city_server):
    """The watch isn't blind: what runs is marked, what the policy stops is reported."""
    page.goto(f"{city_server.url}/about")
    page.evaluate("""() => {
        const image = document.createElement('div');
        image.innerHTML = '<img src="data:," onerror="window.marked=1">';
        document.body.append(image);
    }""")
    eventually(lambda: page.evaluate("window.violations.length") == 1)
    assert "script-src" in page.evaluate("window.violations[0]")
    page.evaluate("window.marked = 1")
    assert page.evaluate("window.marked") == 1


def test_the_map_its_list_and_its_cards_show_every_text_and_run_none(page, city_server, complaints):
    page.goto(f"{city_server.url}/")
    page.wait_for_selector("#list a.row >> nth=9")
    nothing_ran(page)
    for ticket, payload in complaints.items():
        page.goto(f"{city_server.url}/?open={ticket}")
        page.wait_for_selector("#card .words")
        assert page.text_content("#card .words") == payload
        assert payload in page.text_content("#card .in")
        nothing_ran(page)


def test_a_hostile_text_that_arrives_by_push_runs_nothing(page, city_server):
    page.goto(f"{city_server.url}/")
    page.wait_for_selector("#list-state .state")
    for number, payload in enumerate(PAYLOADS):
        ticket = send(city_server.database, description=payload, landmark=payload)["ticket"]
        page.wait_for_selector(f'#list a[data-ticket="{ticket}"]', timeout=10_000)
        assert page.locator("#list a.row").count() == number + 1
    nothing_ran(page)


def test_the_complaints_own_page_shows_every_text_and_runs_none(page, city_server, complaints):
    for ticket, payload in complaints.items():
        page.goto(f"{city_server.url}/c/{ticket}")
        assert page.text_content(".c-text") == payload
        assert payload in page.text_content(".c-landmark")
        nothing_ran(page)


def test_hostile_addresses_run_nothing(page, city_server, complaints):
    for payload in PAYLOADS:
        for path in ("/?open=", "/?q=", "/?group=", "/?lang=", "/c/", "/report?service=", "/#"):
            page.goto(city_server.url + path + payload.replace("/", "%2F").replace("#", "%23"))
            nothing_ran(page)


def test_hostile_names_of_areas_and_services_run_nothing(page, city_server):
    """Not even the city's own data is trusted by the shell or the scripts."""
    payload = "<img src=x onerror=window.marked=1>`${window.marked=1}`</script>"
    with as_owner(city_server.database) as connection:
        for change in (
            "UPDATE geoapp.area SET name = name || :text",
            "UPDATE geoapp.service_version SET name = name || :text, name_en = name_en || :text",
            "UPDATE geoapp.service_group SET name = name || :text, name_en = name_en || :text",
            "UPDATE geoapp.city SET name = name || :text, name_en = name_en || :text",
        ):
            connection.execute(text(change), {"text": payload})
    ticket = send(city_server.database)["ticket"]
    eventually(
        lambda: "onerror" in page.request.get(f"{city_server.url}/api/v1/city").text(),
        within_s=20,
        what="both workers have forgotten the old names",
    )
    for path in ("/", f"/?open={ticket}", f"/c/{ticket}", "/report", "/about"):
        page.goto(city_server.url + path)
        page.wait_for_load_state("networkidle") if path == "/about" else page.wait_for_timeout(500)
        nothing_ran(page)
