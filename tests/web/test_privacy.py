"""Pages and addresses of privacy, as citizens and administrators use them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geoapp.media.folder import FolderStorage
from geoapp.usecases import replies
from tests.casework import World
from tests.people import hire
from tests.privacy_world import Reporter, report
from tests.web.admin_office import Office


@pytest.fixture
def world(client: FlaskClient, module_app: Flask) -> World:
    assert client
    return World.build(module_app.extensions["geoapp"].database)


@pytest.fixture
def siti(world: World, module_app: Flask) -> Reporter:
    here = module_app.extensions["geoapp"]
    assert isinstance(here.photos, FolderStorage)
    return report(world, here.settings, here.photos, "siti")


@pytest.fixture
def office(world: World, module_app: Flask) -> Office:
    return Office(module_app, world.city_admin)


def key_of(app: Flask, ticket: str) -> str:
    return replies.follow_key(app.extensions["geoapp"].settings.secret(), "15.71", ticket)


def test_a_sender_takes_a_copy_and_then_has_it_erased(
    client: FlaskClient, module_app: Flask, siti: Reporter
) -> None:
    key = key_of(module_app, siti.ticket)
    at = f"/api/v1/complaints/{siti.ticket}"
    copy = client.post(f"{at}/export", json={"key": key})
    assert (copy.status_code, copy.mimetype) == (200, "application/zip")
    assert copy.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        assert siti.contact.email in archive.read("data.html").decode()

    wrong = client.post(f"{at}/erasure", json={"key": key, "ticket": "JBI-0000-X0"})
    assert (wrong.status_code, wrong.json["error"]["fields"][0]["field"]) == (422, "ticket")
    gone = client.post(f"{at}/erasure", json={"key": key, "ticket": siti.ticket.lower()})
    assert gone.json == {"tickets": [siti.ticket], "photos": 1, "contacts": 1}
    shown = client.get(at).json["properties"]
    assert shown["description"] is None
    page = client.get(f"/c/{siti.ticket}?lang=id").text
    assert "Isi laporan ini tidak disimpan lagi." in page
    assert ">None<" not in page
    copy = client.post(f"{at}/export", json={"key": key})
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        assert archive.namelist() == ["data.json", "data.html"]
        assert "mark-siti" not in archive.read("data.json").decode()


@pytest.mark.parametrize("what", ["export", "erasure"])
def test_a_wrong_key_gets_nothing_whether_the_ticket_is_there_or_not(
    client: FlaskClient, siti: Reporter, what: str
) -> None:
    answers = [
        client.post(
            f"/api/v1/complaints/{ticket}/{what}",
            json={"key": "A" * 16} | ({"ticket": ticket} if what == "erasure" else {}),
        )
        for ticket in (siti.ticket, "JBI-9999-ZZ")
    ]
    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].json == answers[1].json


def test_an_administrator_finds_hands_out_and_erases(
    office: Office, siti: Reporter, world: World
) -> None:
    found = office.post("/privacy/find", email=siti.contact.email)
    assert found.status_code == 200
    assert siti.ticket in found.text
    for kept in ("mark-siti-name", "mark-siti-description"):
        assert kept not in found.text, "who looks something up isn't shown it yet"
    asked = {"email": siti.contact.email, "chosen": siti.ticket, "reason": "Asked by letter 12"}
    copy = office.post("/privacy/export", **asked)
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        assert "mark-siti-note" in archive.read("data.json").decode()
    unconfirmed = office.post("/privacy/erase", **asked)
    assert unconfirmed.status_code == 422
    assert world.row(siti.ticket).description is not None
    done = office.post("/privacy/erase", **asked, typed=siti.ticket)
    assert done.status_code == 303
    assert world.row(siti.ticket).description is None
    page = office.get("/privacy").text
    assert page.count("Asked by letter 12") == 2
    assert siti.contact.email not in page


def test_accesses_are_narrowed_by_account_ticket_and_day(
    office: Office, siti: Reporter, world: World
) -> None:
    shown = "mark-siti-purpose"
    today = world.database.now().date()
    operator = world.operator.account_id
    for query, there in (
        ("", True),
        (f"?account={operator}&ticket={siti.ticket.lower()}", True),
        (f"?account={world.auditor.account_id}", False),
        ("?ticket=JBI-0000-00", False),
        (f"?since={today - timedelta(days=2)}&until={today + timedelta(days=1)}", True),
        (f"?since={today + timedelta(days=2)}", False),
        (f"?until={today - timedelta(days=2)}", False),
        ("?since=tomorrow&account=x%27", True),
    ):
        page = office.get(f"/privacy{query}")
        assert page.status_code in {200, 422}, query
        assert (shown in page.text) == there, query


def test_a_breach_is_recorded_counted_down_and_told(
    office: Office, siti: Reporter, world: World
) -> None:
    now = world.database.now()
    here = now.astimezone(ZoneInfo("Asia/Jakarta"))  # a form's minute is all of it, until now
    form = {
        "accounts": str(world.operator.account_id),
        "since": f"{here - timedelta(days=1):%Y-%m-%dT%H:%M}",
        "until": f"{here:%Y-%m-%dT%H:%M}",
        "discovered_at": f"{here:%Y-%m-%dT%H:%M}",
        "what": "Buku catatan hilang.",
    }
    bad = office.post("/privacy/breaches/new", **form | {"since": "yesterday", "accounts": "0"})
    assert bad.status_code == 422
    early = f"{here + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    for name in ("until", "discovered_at"):
        ahead = office.post("/privacy/breaches/new", **form | {name: early})
        assert ahead.status_code == 422
        assert f'id="{name}-fault">masih di masa depan' in ahead.text
    made = office.post("/privacy/breaches/new", **form)
    assert made.status_code == 303
    at = re.search(r"/admin(/privacy/breaches/\d+)", made.location)
    assert at is not None
    page = office.get(at[1])
    assert siti.ticket in page.text
    assert "Buku catatan hilang." in page.text
    assert siti.contact.email not in page.text
    people = office.post(f"{at[1]}/people.csv")
    assert siti.contact.email in people.text
    assert people.headers["Cache-Control"] == "no-store"
    assert "Buku catatan hilang." in office.get(f"{at[1]}/notice.txt").text
    assert "pemberitahuan Kebocoran" in office.get("/privacy").text


def test_an_auditor_sees_who_was_shown_a_contact_and_does_nothing(
    module_app: Flask, siti: Reporter, world: World
) -> None:
    for role, status, told in (("auditor", 200, 1), ("city_admin", 200, 1), ("operator", 403, 0)):
        other = Office(module_app, hire(world.database, role))
        page = other.client.get("/audit")
        assert page.status_code == status, role
        assert page.text.count("mark-siti-purpose") == told, role
        assert siti.contact.email not in page.text
        assert "<form" not in page.text.partition('id="accesses"')[2]
    page = Office(module_app, world.auditor).client.get("/audit?before=1")
    assert page.status_code == 200
    assert "mark-siti-purpose" not in page.text


def test_nobody_but_administrators_comes_in(module_app: Flask, world: World) -> None:
    for role in ("operator", "auditor"):
        other = Office(module_app, hire(world.database, role))
        assert other.get("/privacy").status_code == 403
        assert other.post("/privacy/find", ticket="JBI").status_code == 403


def test_the_page_for_citizens_says_what_this_server_is_set_to(client: FlaskClient) -> None:
    for path in ("/privacy", "/privacy?lang=en"):
        page = client.get(path)
        assert page.status_code == 200
        assert "365" in page.text
    assert 'href="/privacy"' in client.get("/about").text


def test_what_is_kept_where_is_documented_table_by_table() -> None:
    """Every table that can hold something personal is named in docs/privacy.md."""
    told = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text("utf-8")
    for table in (
        "complaint", "complaint_event", "photo", "contact", "contact_access", "complaint_sender",
        "supporter", "rating", "delivery", "mail_refusal", "account", "account_session",
        "admin_event", "intake_key", "rate_window", "privacy_request", "assignment",
    ):  # fmt: skip
        assert f"`{table}`" in told, table
    assert json.dumps("erasures-<city>.jsonl")[1:-1] in told
