"""How tests come in by the door: as a browser with forms, an authenticator app, a machine."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from geoapp.domain.access import Grant, StaffRole
from geoapp.store.database import Database
from geoapp.usecases import accounts
from geoapp.usecases.accounts import COMMAND_LINE
from tests.people import csrf_token, email_of, password_for

LIMIT = 5
"""Wrong codes per account; four times as many wrong keys per sender."""


def english(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("lang", "en")
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def give_password(client, database, actor, password="") -> str:
    return client.post(
        "/login",
        data={
            "csrf_token": csrf_token(client),
            "email": email_of(database, actor),
            "password": password or password_for(database, actor),
        },
    ).location


def post(client, path, page, **data):
    return client.post(path, data={"csrf_token": csrf_token(client, page), **data})


class Phone:
    """An authenticator app, made from the key on the page (RFC 6238, by passlib itself)."""

    def __init__(self, page: str) -> None:
        found = re.search(r'class="key">([A-Z2-7 -]+)<', page)
        assert found is not None
        self.totp = TOTP(key=found[1].replace(" ", "").replace("-", ""))

    def code(self, database: Database, steps: int = 0) -> str:
        return str(self.totp.generate(database.now() + timedelta(seconds=30 * steps)).token)


def set_up(client, database, actor) -> tuple[Phone, list[str]]:
    """Sign in for the first time; the phone and the recovery codes."""
    assert give_password(client, database, actor) == "/login/authenticator"
    phone = Phone(client.get("/login/authenticator").text)
    shown = post(
        client, "/login/authenticator", "/login/authenticator", code=phone.code(database, -1)
    )
    assert shown.status_code == 200
    codes = re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", shown.text)
    assert len(codes) == 10
    return phone, codes


def give_code(app, database, actor, code):
    client = english(app)
    assert give_password(client, database, actor) == "/login/code"
    return post(client, "/login/code", "/login/code", code=code), client


def machine(database, city, *scopes, role=StaffRole.OPERATOR):
    account = accounts.add_machine(
        database, city, COMMAND_LINE, name="Gateway", grants=[Grant(role=role)]
    )
    return accounts.make_key(database, city, COMMAND_LINE, account, name="key", scopes=scopes)


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
