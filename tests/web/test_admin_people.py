"""People, machines and keys on the administration's pages."""

from __future__ import annotations

import html
import re

import pytest

from tests.people import hire
from tests.web.admin_office import HTML, Office, asked, events, fault

SCRIPT = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def office(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


def link_of(page):
    found = re.search(r'id="link" type="text" readonly value="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def grants(database, account):
    return asked(
        database,
        "SELECT role, agency_code, kelurahan_codes, kecamatan_codes, revoked_at IS NULL"
        " FROM geoapp.account_grant WHERE account_id = :account ORDER BY id",
        account=account,
    )


def account_of(database, email):
    [[found]] = asked(database, "SELECT id FROM geoapp.account WHERE email = :email", email=email)
    return found


def kinds(database):
    return [event.kind for event in events(database)]


def test_an_invitation_is_shown_once_and_opens_the_door(office, module_app, module_database):
    page = office.post(
        "/people/invite",
        name="Rina Dewi",
        email="Rina@example.org",
        role="field_officer",
        agency="dlh",
        kelurahan=["15.71.08.1006", "15.71.08.1007"],
        kecamatan="15.71.01",
    )
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    link = link_of(page.text)
    account = account_of(module_database, "rina@example.org")
    assert grants(module_database, account) == [
        ("field_officer", "dlh", ["15.71.08.1006", "15.71.08.1007"], ["15.71.01"], True)
    ]
    assert link.rsplit("/", 1)[1] not in office.get(f"/people/{account}").text
    opened = module_app.test_client().get(link, headers=HTML)
    assert opened.status_code == 200
    assert kinds(module_database)[-2:] == ["account.invited", "grant.added"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "no address"}, "email"),
        ({"role": "king"}, "role"),
        ({"role": "agency_admin"}, "agency"),
        ({"role": "field_officer"}, "agency"),
        ({"role": "operator", "agency": "dlh"}, "role"),
        ({"role": "field_officer", "agency": "nobody"}, "agency"),
        ({"role": "field_officer", "agency": "dlh", "kelurahan": "15.71.99.9999"}, "kelurahan"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_at_its_field(office, module_database, wrong, field):
    people = "SELECT count(*) FROM geoapp.account"
    before = asked(module_database, people), len(events(module_database))
    sent = {"name": "Budi Yang Diketik", "email": "budi@example.org", "role": "operator"}
    answer = office.post("/people/invite", **sent | wrong)
    assert answer.status_code == 422
    assert fault(answer.text, field)
    if field != "name":
        assert 'value="Budi Yang Diketik"' in answer.text
    assert (asked(module_database, people), len(events(module_database))) == before


def test_an_address_that_is_known_is_told_at_its_field(office, module_database):
    sent = {"name": "Sari", "email": "sari@example.org", "role": "auditor"}
    assert office.post("/people/invite", **sent).status_code == 200
    again = office.post("/people/invite", **sent | {"email": "SARI@example.org"})
    assert again.status_code == 409
    assert fault(again.text, "email")


def test_grants_come_and_go(office, module_database):
    actor = hire(module_database, "agency_head", agency="dlh")
    at = f"/people/{actor.account_id}"
    assert office.post(f"{at}/grants", role="agency_admin", agency="dishub").status_code == 303
    [[grant]] = asked(
        module_database,
        "SELECT id FROM geoapp.account_grant WHERE account_id = :id AND agency_code = 'dishub'",
        id=actor.account_id,
    )
    page = office.get(at).text
    assert f"{at}/grants/{grant}/revoke" in page
    assert office.post(f"{at}/grants/{grant}/revoke").status_code == 303
    assert [held[-1] for held in grants(module_database, actor.account_id)] == [True, False]
    assert kinds(module_database)[-2:] == ["grant.added", "grant.revoked"]
    assert office.post(f"{at}/grants/{grant}/revoke").status_code == 404


def test_an_account_is_switched_off_and_on_and_signed_out(office, module_app, module_database):
    actor = hire(module_database, "auditor")
    browser = Office(module_app, actor)
    assert browser.get("/log").status_code == 200
    at = f"/people/{actor.account_id}"
    assert office.post(f"{at}/sessions").status_code == 303
    assert browser.get("/log").status_code != 200
    browser = Office(module_app, actor)
    assert browser.get("/log").status_code == 200
    assert office.post(f"{at}/off").status_code == 303
    assert browser.get("/log").status_code != 200
    assert office.post(f"{at}/off").status_code == 409
    assert office.post(f"{at}/on").status_code == 303
    assert office.post(f"{at}/factor").status_code == 303
    assert link_of(office.post(f"{at}/link").text)
    assert kinds(module_database)[-5:] == [
        "account.sessions_ended",
        "account.deactivated",
        "account.activated",
        "account.totp_reset",
        "account.reinvited",
    ]


def test_nobody_locks_themselves_out(office, module_database):
    me = office.actor.account_id
    before = grants(module_database, me), len(events(module_database))
    [[grant]] = asked(
        module_database, "SELECT id FROM geoapp.account_grant WHERE account_id = :id", id=me
    )
    for path in (f"/people/{me}/off", f"/people/{me}/grants/{grant}/revoke"):
        answer = office.post(path)
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
    assert (grants(module_database, me), len(events(module_database))) == before
    assert office.get("").status_code == 200


def test_a_machine_gets_a_key_once_and_loses_it(office, module_app, module_database):
    added = office.post("/machines/new", name="Call Center 112", role="operator")
    assert added.status_code == 303
    at = added.headers["Location"].removeprefix("/admin")
    made = office.post(f"{at}/keys", key_name="server 1", days="30", scopes=["intake", "read"])
    assert made.status_code == 200
    [key] = re.findall(r'id="key" type="text" readonly value="([^"]+)"', made.text)
    assert key not in office.get(at).text
    assert key not in office.get("/log").text
    bearer = {"Authorization": f"Bearer {key}"}
    client = module_app.test_client()
    assert client.get("/api/v1/work/me", headers=bearer).status_code == 200
    assert client.get("/admin", headers=bearer | HTML).status_code == 403
    assert "Call Center 112" in office.get("").text  # the key ends within thirty days
    [[number]] = asked(module_database, "SELECT id FROM geoapp.api_key")
    assert office.post(f"{at}/keys/{number}/revoke").status_code == 303
    assert client.get("/api/v1/work/me", headers=bearer).status_code == 401
    assert kinds(module_database)[-4:] == [
        "account.machine_added",
        "grant.added",
        "key.made",
        "key.revoked",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"days": "0"}, "days"),
        ({"days": "731"}, "days"),
        ({"key_name": ""}, "key_name"),
    ],
)
def test_a_key_that_cannot_be_is_told_at_its_field(office, module_database, wrong, field):
    added = office.post("/machines/new", name=f"Program {field}", role="auditor")
    at = added.headers["Location"].removeprefix("/admin")
    keys = "SELECT count(*) FROM geoapp.api_key"
    before = asked(module_database, keys)
    answer = office.post(f"{at}/keys", **{"key_name": "k", "days": "9", "scopes": "read"} | wrong)
    assert answer.status_code == 422
    assert fault(answer.text, field)
    assert asked(module_database, keys) == before


def test_a_machine_administers_no_city(office):
    answer = office.post("/machines/new", name="Penguasa", role="city_admin")
    assert answer.status_code == 422
    assert fault(answer.text, "role")


@pytest.mark.parametrize("path", ["/people/999999", f"/people/{2**70}", "/machines/999999"])
def test_what_is_not_there_is_not_found(office, path):
    assert office.get(path).status_code == 404


def test_names_of_people_and_machines_never_run(office, module_database):
    sent = {"name": SCRIPT, "email": "script@example.org", "role": "auditor"}
    office.post("/people/invite", **sent)
    at = office.post("/machines/new", name=SCRIPT, role="auditor").headers["Location"]
    office.post(at.removeprefix("/admin") + "/keys", key_name=SCRIPT, days="9", scopes="read")
    account = account_of(module_database, "script@example.org")
    for path in (
        "",
        "/people",
        f"/people/{account}",
        "/machines",
        at.removeprefix("/admin"),
        "/log",
    ):
        page = office.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
