"""Machines' keys, and whatever belongs to another city."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities, passwords
from geoapp.usecases.accounts import COMMAND_LINE
from tests.asking import as_owner
from tests.people import csrf_token, email_of, hire, password_for, sign_in
from tests.web.doors import (
    LIMIT,
    bearing,
    english,
    machine,
)

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


def test_a_key_opens_what_its_scopes_say_without_a_form_token(client, module_database, city):
    read = machine(module_database, city, "read")
    assert client.get("/api/v1/work/me", headers=bearing(read.key)).status_code == 200
    sent = {"step": "verify", "complaints": []}
    refused = client.post("/api/v1/work/steps", json=sent, headers=bearing(read.key))
    assert refused.status_code == 403
    act = machine(module_database, city, "act")
    assert client.post(
        "/api/v1/work/steps", json=sent, headers=bearing(act.key)
    ).status_code not in {400, 401, 403}
    refused = client.post("/api/v1/work/complaints", json={}, headers=bearing(act.key))
    assert refused.status_code == 403
    assert client.get("/entry", headers=bearing(act.key)).status_code == 403


def test_a_wrong_key_is_refused_and_guessing_slowed_down(client, module_database, city):
    key = machine(module_database, city, "read")
    wrong = bearing("gak_" + "A" * 43)
    told = [client.get("/api/v1/work/me", headers=wrong) for _ in range(4 * LIMIT + 1)]
    assert [answer.status_code for answer in told] == [401] * 4 * LIMIT + [429]
    assert told[0].headers["WWW-Authenticate"].startswith("Bearer")
    assert told[0].json["error"]["code"] == "not_signed_in"
    accounts.revoke_key(module_database, city, COMMAND_LINE, key.id)
    assert client.get("/api/v1/work/me", headers=bearing(key.key)).status_code in {401, 429}


def test_with_a_cookie_and_a_key_the_key_acts(client, module_database, operator, city):
    sign_in(client, operator)
    key = machine(module_database, city, "read")
    me = client.get("/api/v1/work/me", headers=bearing(key.key)).json
    assert me["account"]["name"] == "Gateway"
    assert client.get("/api/v1/work/me").json["account"]["name"] == operator.name
    # A wrong key isn't made right by a cookie, nor is a machine a person.
    assert client.get("/api/v1/work/me", headers=bearing("gak_no")).status_code == 401
    assert client.get("/account", headers=bearing(key.key)).status_code == 401
    assert client.post("/logout", headers=bearing(key.key)).status_code == 401


def test_nothing_of_one_city_opens_another(strict_app, client, module_database, operator, city):
    with as_owner(module_database) as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.city SELECT * FROM jsonb_populate_record(NULL::geoapp.city,"
                " (SELECT to_jsonb(city) FROM geoapp.city WHERE code = '15.71')"
                ' || \'{"code": "99.01", "slug": "other", "ticket_prefix": "OTH", "unprefixed": false}\')'
            )
        )
    strict_app.extensions["geoapp"]._cities.forget()
    try:
        sign_in(client, operator)
        assert client.get("/kota-jambi/account").status_code == 200
        assert client.get("/other/account").status_code == 303
        key = machine(module_database, city, "read")
        path = "/api/v1/work/me"
        assert client.get(f"/kota-jambi{path}", headers=bearing(key.key)).status_code == 200
        assert client.get(f"/other{path}", headers=bearing(key.key)).status_code == 401
        link = accounts.reset(module_database, city, COMMAND_LINE, operator.account_id)
        assert client.get(f"/other{link.path}").status_code == 404
        browser = english(strict_app)
        sent = {
            "csrf_token": csrf_token(browser, "/other/login"),
            "email": email_of(module_database, operator),
            "password": password_for(module_database, operator),
        }
        assert browser.post("/other/login", data=sent).status_code == 401
        token = csrf_token(browser, "/kota-jambi/login")
        answer = browser.post("/kota-jambi/login", data=sent | {"csrf_token": token})
        assert answer.location == "/kota-jambi/login/code"
    finally:
        with as_owner(module_database) as connection:
            connection.execute(text("DELETE FROM geoapp.city WHERE code = '99.01'"))
        strict_app.extensions["geoapp"]._cities.forget()


def test_pages_hash_like_commands(strict_app):
    from flask_security import hash_password

    with strict_app.app_context():
        shown = hash_password("kuda terbang")
    assert passwords.CONTEXT.verify("kuda terbang", shown)
    assert shown.split("$")[3] == passwords.hashed("x").split("$")[3]
