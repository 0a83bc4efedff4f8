"""One complaint's whole life, each step by whoever's it is, in browsers of their own.

From nothing: the first administrator comes by the command line, everybody else by her
invitation, with a password and a second factor; a citizen reports, an operator forwards, the
agency answers, an officer does the work on a phone, the citizen says it is done, the auditor
finds all of it and the history sealed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from passlib.totp import TOTP

from geoapp.embedded import Cluster
from tests.databases import clone, drop
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.servers import Server, serve
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"
"""Kept where `make screenshots` puts its own, for people to look at; not in the repository."""

PASSWORD = "sebuah kalimat yang mudah diingat"
AGENCY = "pupr_bina_marga"
PROMISED = "Tim kami menambalnya hari Senin pagi."
THANKS = "Sudah rata, terima kasih"
DONE = "Lubang ditambal dengan aspal dingin, lalu dipadatkan"


@dataclass
class Town:
    """A server with second factors required, and the browsers of its people."""

    server: Server
    browser: Any
    environment: dict[str, str]
    pictures: Path
    opened: list[tuple[Any, Watch]] = field(default_factory=list)

    def page(self, **look: Any) -> Any:
        """A page in a browser of its own."""
        context = self.browser.new_context(
            **(look or LAPTOP), locale="id-ID", timezone_id="Asia/Jakarta"
        )
        page = context.new_page()
        self.opened.append((context, Watch(page)))
        return page

    def picture(self, page: Any, name: str) -> None:
        """Keep what *page* shows, for people to look at."""
        page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def command(self, *words: str) -> str:
        """What ``geoapp <words>`` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "geoapp", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def arrive(self, link: str, email: str, **look: Any) -> Any:
        """Follow an invitation: a password, then the second factor, then inside."""
        page = self.page(**look)
        page.goto(self.server.url + link)
        page.locator("#new").fill(PASSWORD)
        page.locator("#again").fill(PASSWORD)
        page.locator("form .primary").click()
        if page.locator("#email").count():
            page.locator("#email").fill(email)
            page.locator("#password").fill(PASSWORD)
            page.locator("form .primary").click()
        page.locator("img.qr").wait_for()
        page.locator("details summary").click()
        key = re.sub(r"[^A-Z2-7]", "", page.locator(".key").inner_text().upper())
        page.locator("#code").fill(TOTP(key=key).generate().token)
        page.locator("form .primary").click()
        page.locator(".codes li").first.wait_for()
        page.locator(".codes ~ a.primary").click()
        return page


@pytest.fixture
def town(cluster: Cluster, jambi_template: str, tmp_path: Path, browser: Any) -> Iterator[Town]:
    name = clone(cluster, jambi_template)
    home, pictures = tmp_path / "server", PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    url = cluster.url("geoapp_app", name)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")}
    environment |= {"GEOAPP_DATABASE_URL": url, "GEOAPP_HOME": str(home)}
    with serve(url, home, totp_required="1") as server:
        town = Town(server, browser, environment, pictures)
        yield town
        for context, watch in town.opened:
            assert watch.errors == []
            assert watch.foreign(server) == []
            context.close()
    drop(cluster, name)


def invited(town: Town, page: Any, role: str, email: str, **where: Any) -> str:
    """The administrator invites somebody on *page*; the link's path."""
    page.goto(f"{town.server.url}/admin/people/invite")
    page.locator("#name").fill(email.split("@", maxsplit=1)[0].title())
    page.locator("#email").fill(email)
    page.locator(f'input[name="role"][value="{role}"]').check()
    if "agency" in where:
        page.locator("#agency").select_option(where["agency"])
    if "kelurahan" in where:
        page.locator("details[data-areas] summary").click()
        page.locator("#area-search").fill(where["kelurahan"])
        page.locator("label.o-check:visible", has_text=where["kelurahan"]).first.click()
    town.picture(page, f"invite-{role}")
    page.locator("form .primary").click()
    link = str(page.locator(".o-secret input").first.input_value())
    return re.sub(r"^https?://[^/]+", "", link)


def reported(town: Town) -> dict[str, Any]:
    """A citizen's report, as the page sends it."""
    request = urllib.request.Request(
        f"{town.server.url}/api/v1/complaints",
        json.dumps(
            {
                "service": "pothole",
                "description": "Lubang besar di tengah jalan, dekat sekolah",
                "lon": JELUTUNG.lon,
                "lat": JELUTUNG.lat,
                "accuracy_m": 8,
            }
        ).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        told: dict[str, Any] = json.loads(answer.read())
    return told


def act(page: Any, step: str, **words: str) -> None:
    """Take *step* on an open case, through its button or the menu beside it."""
    button = page.locator(f'.act-bar [data-step="{step}"], .act-menu [data-step="{step}"]').first
    if not button.is_visible():
        page.locator(".act-bar .more, .act-bar summary, .act-bar [aria-haspopup]").first.click()
    button.click()
    form = page.locator(f'.step-form[data-step="{step}"]')
    for name, value in words.items():
        area = form.locator(f'[name="{name}"]')
        if area.evaluate("node => node.tagName") == "SELECT":
            area.select_option(value=value)
        else:
            area.fill(value)
    form.locator("button.primary").click()
    form.wait_for(state="detached")


def administrator(town: Town) -> Any:
    """The first person of all, invited at the server's console."""
    printed = town.command(
        "account", "invite", "ratna@example.org", "--name", "Ratna", "--role", "city_admin"
    )
    link = re.search(r"/invitation/\S+", printed)
    assert link is not None
    return town.arrive(link.group(), "ratna@example.org")


def operator_forwards(town: Town, link: str, ticket: str) -> None:
    page = town.arrive(link, "olivia@example.org")
    page.goto(f"{town.server.url}/agency")
    page.locator(f'#list li[data-ticket="{ticket}"]').wait_for()
    page.goto(f"{town.server.url}/case/{ticket}")
    page.locator('.act-bar [data-step="verify"]').click()  # needs nothing more
    page.locator(".case-now .st-verified").wait_for()
    act(page, "assign")
    page.locator(".case-now .st-assigned").wait_for()
    town.picture(page, "case-operator")


def agency_answers(town: Town, link: str, ticket: str) -> None:
    page = town.arrive(link, "agus@example.org")
    page.goto(f"{town.server.url}/case/{ticket}")
    act(page, "answer", text=PROMISED)
    page.locator(".case-history", has_text=PROMISED).wait_for()
    town.picture(page, "case-agency")


def officer_works(town: Town, link: str) -> None:
    page = town.arrive(link, "fajar@example.org", **PHONE)
    page.goto(f"{town.server.url}/field")
    page.locator("a.job").tap()
    page.get_by_role("button", name="Ambil").tap()
    page.get_by_role("button", name="Mulai").tap()
    page.locator(".st-in_progress").wait_for()
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill(DONE)
    town.picture(page, "field-officer")
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()


def citizen_agrees(town: Town, follow: str) -> None:
    page = town.page(**PHONE)
    page.goto(f"{town.server.url}{follow}")
    for words in (PROMISED, DONE):
        page.get_by_text(words).wait_for()
    town.picture(page, "citizen")
    page.locator("#reply-text").fill(THANKS)
    page.locator("#reply-solved").click()
    page.locator(".st-closed").first.wait_for()


def auditor_looks(town: Town, link: str, ticket: str) -> None:
    page = town.arrive(link, "aisyah@example.org")
    page.goto(f"{town.server.url}/case/{ticket}")
    page.locator(".case-now .st-closed").wait_for()
    history = page.locator(".case-history").inner_text()
    for words in ("Olivia", "Agus", "Fajar", PROMISED, DONE, THANKS):
        assert words in history
    assert page.locator(".act-bar button").count() == 0
    town.picture(page, "case-auditor")
    page.goto(f"{town.server.url}/audit")
    assert page.locator("tbody tr").count() == 1
    town.picture(page, "audit")
    page.goto(f"{town.server.url}/admin/log")
    for name in ("Olivia", "Agus", "Fajar", "Aisyah"):
        page.get_by_text(name).first.wait_for()
    town.picture(page, "log")


def test_each_does_their_part_of_one_complaint_s_life(town: Town) -> None:
    admin = administrator(town)
    of_the_agency = {"agency": AGENCY}
    links = {
        "operator": invited(town, admin, "operator", "olivia@example.org"),
        "agency": invited(town, admin, "agency_admin", "agus@example.org", **of_the_agency),
        "officer": invited(
            town,
            admin,
            "field_officer",
            "fajar@example.org",
            kelurahan="Jelutung",
            **of_the_agency,
        ),
        "auditor": invited(town, admin, "auditor", "aisyah@example.org"),
    }
    told = reported(town)
    operator_forwards(town, links["operator"], told["ticket"])
    agency_answers(town, links["agency"], told["ticket"])
    officer_works(town, links["officer"])
    citizen_agrees(town, told["links"]["follow"])
    town.command("audit", "seal")
    town.command("audit", "verify")  # fails the command on any finding
    auditor_looks(town, links["auditor"], told["ticket"])
