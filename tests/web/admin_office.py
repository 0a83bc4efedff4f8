"""An administrator's browser for tests: signed in, with the token every form needs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.people import csrf_token, sign_in

HTML = {"Accept": "text/html"}

_EVENTS = text("""
    SELECT actor, kind, subject, data FROM geoapp.admin_event
    WHERE city_code = :city ORDER BY id
""")
_TODAY = text("""
    SELECT (now() AT TIME ZONE timezone)::date FROM geoapp.city WHERE code = :city
""")


class Office:
    """Pages under ``/admin`` as somebody sees them."""

    def __init__(self, app: Flask, actor: Actor, base: str = "") -> None:
        self.actor = actor
        self.base = base
        self._token = ""
        self.client = app.test_client()
        sign_in(self.client, actor)

    def get(self, path: str) -> Any:
        """The page at ``/admin<path>``."""
        return self.client.get(f"{self.base}/admin{path}", headers=HTML)

    def token(self) -> str:
        """The token of this browser's forms."""
        if not self._token:
            self._token = csrf_token(self.client, f"{self.base}/account")
        return self._token

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form to ``/admin<path>``."""
        return self.client.post(
            f"{self.base}/admin{path}", data=fields | {"csrf_token": self.token()}, headers=HTML
        )


def events(database: Database, city: str = "15.71") -> list[Any]:
    """The administration's log, oldest first."""
    with database.transaction(Role.WORKER, city) as connection:
        return list(connection.execute(_EVENTS, {"city": city}))


def today(database: Database, city: str = "15.71") -> date:
    """The city's date."""
    with database.transaction(Role.WORKER, city) as connection:
        found: date = connection.execute(_TODAY, {"city": city}).scalar_one()
        return found


def fault(page: str, field: str) -> str:
    """What a page says is wrong with a field; empty when nothing is."""
    found = re.search(rf'id="{field}-fault">([^<]*)<', page)
    return found[1] if found else ""


def asked(database: Database, sql: str, **values: Any) -> list[Any]:
    """Rows as the owner of the schema sees them."""
    with as_owner(database) as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]
