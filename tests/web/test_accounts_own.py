"""What belongs to an account: its sessions, password and links; and to no other."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from geoapp.usecases.accounts import COMMAND_LINE
from geoapp.web.accounts.own import device
from tests.asking import as_owner
from tests.people import csrf_token, hire, password_for, sign_in
from tests.web.doors import LIMIT, english, post

pytestmark = pytest.mark.usefixtures("no_attempts_yet", "time_stands_still")


@pytest.fixture
def client(strict_app: Flask) -> FlaskClient:
    return english(strict_app)


@pytest.fixture
def operator(module_database: Database) -> Actor:
    return hire(module_database, "operator")


@pytest.fixture
def city(module_database: Database):
    return cities.every(module_database)[0]


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(
    strict_app, client, module_database, operator
):
    others = [english(strict_app) for _ in range(3)]
    for browser in (client, *others):
        sign_in(browser, operator)
    page = client.get("/account").text
    assert page.count("<b>Unknown device</b>") == 4
    assert page.count(">This browser<") == 1
    first = re.search(r"/account/sessions/(\d+)/end\"", page)
    assert first is not None
    assert post(client, first[0].rstrip('"'), "/account").status_code == 303
    assert sum(browser.get("/account").status_code == 200 for browser in others) == 2
    post(client, "/account/sessions/end-others", "/account")
    assert [browser.get("/account").status_code for browser in others] == [303] * 3
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/126.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome · Android",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
            ),
            "Edge · Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox · Linux",
        ),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_a_session_is_named_as_people_name_their_devices(strict_app, agent, shown):
    with strict_app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert device(agent) == shown


def test_sessions_of_others_cannot_be_ended(strict_app, client, module_database, operator):
    other, browser = hire(module_database, "operator"), english(strict_app)
    sign_in(browser, other)
    sign_in(client, operator)
    with as_owner(module_database) as connection:
        theirs = connection.execute(
            text("SELECT id FROM geoapp.account_session WHERE account_id = :id"),
            {"id": other.account_id},
        ).scalar_one()
    assert post(client, f"/account/sessions/{theirs}/end", "/account").status_code == 404
    assert post(client, "/account/sessions/999999/end", "/account").status_code == 404
    assert browser.get("/account").status_code == 200


def test_a_switched_off_account_is_out_at_once(client, module_database, operator, city):
    sign_in(client, operator)
    assert client.get("/account").status_code == 200
    accounts.deactivate(module_database, city, COMMAND_LINE, operator.account_id)
    assert client.get("/account").status_code == 303
    assert client.get("/api/v1/work/me").status_code == 401


def test_a_new_password_needs_the_old_one_and_signs_the_others_out(
    strict_app, client, module_database, operator
):
    old = password_for(module_database, operator)
    other = english(strict_app)
    sign_in(client, operator)
    sign_in(other, operator)
    new = "kuda terbang di atas sungai"

    def change(current, wanted, again=None):
        return post(
            client,
            "/account/password",
            "/account",
            current=current,
            new=wanted,
            again=again or wanted,
        )

    assert change("not this", new).status_code == 401
    for weak in ("short", "indonesia1945", operator.name + " 1990"):
        assert change(old, weak).status_code == 422
    assert "differ" in change(old, new, "another").text
    assert other.get("/account").status_code == 200
    assert change(old, new).location == "/account?done=password"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_an_invitation_sets_a_password_once(client, module_database, city):
    link = accounts.invite(
        module_database,
        city,
        COMMAND_LINE,
        name="Sri Lestari",
        email="sri@example.org",
        grants=[Grant(role=StaffRole.OPERATOR)],
    )
    assert "Sri Lestari" in client.get(link.path).text
    weak = post(client, link.path, link.path, new="srilestari12", again="srilestari12")
    assert weak.status_code == 422
    new = "kuda terbang di atas sungai"
    assert post(client, link.path, link.path, new=new, again=new).location == "/login?saved=1"
    assert client.get(link.path).status_code == 404
    token = csrf_token(client)
    assert client.post(link.path, data={"csrf_token": token, "new": new}).status_code == 404
    sent = {"csrf_token": token, "email": "SRI@example.org ", "password": new}
    assert client.post("/login", data=sent).location == "/login/authenticator"
    guessed = client.post(
        "/invitation/" + "A" * 43, data={"csrf_token": csrf_token(client), "new": new}
    )
    assert guessed.status_code == 404


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Too many attempts"), ("id", "Terlalu banyak percobaan")]
)
def test_too_many_tries_at_links_are_not_called_reports(strict_app, language, says):
    client = strict_app.test_client()
    path = f"/invitation/unknown?lang={language}"
    token = csrf_token(client)
    for _ in range(4 * LIMIT):
        tried = client.post(path, data={"csrf_token": token}, headers={"Accept": "text/html"})
        assert tried.status_code == 404
    told = client.post(path, data={"csrf_token": token}, headers={"Accept": "text/html"})
    assert told.status_code == 429
    assert told.headers["Retry-After"]
    assert f"<h1>{says}</h1>" in told.text
    main = told.text.split("<main")[1].split('<p class="c-ways">')[0]
    assert not {"report", "laporan", "draft", "draf"} & set(re.findall(r"[a-z]+", main.lower()))
