"""Every route, asked by everybody, about complaints inside and outside their areas.

The routes come from the application; who may ask is written here and in test_routes.py,
by hand. A route that says nothing about access isn't served, and fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Grant, StaffRole
from geoapp.domain.contact import Contact
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import accounts, contacts
from geoapp.web.access import Audience, decision_of
from tests.asking import as_owner
from tests.contracts import test_routes as by_hand
from tests.databases import clone, drop
from tests.people import csrf_token, hire, sign_in
from tests.support import default_city
from tests.work_rows import put

pytestmark = pytest.mark.long

HERE, AGENCY = "15.71.08.1006", "dlh"

ROLES = frozenset(role.value for role in StaffRole)
KEYS = frozenset({"key intake", "key read", "key act"})
"""Of a machine that is an operator."""
STRANGERS = frozenset({"nobody", "operator elsewhere", "key elsewhere"})
EVERYBODY = ROLES | KEYS | STRANGERS

MAY: dict[str, frozenset[str]] = {
    by_hand.PUBLIC: EVERYBODY,
    by_hand.INTAKE: EVERYBODY,
    by_hand.SIGN_IN: EVERYBODY,
    by_hand.SIGNED_IN: ROLES | KEYS,
    by_hand.ENTER: frozenset({"operator", "key intake"}),
    by_hand.WORK: frozenset({"agency_admin", "field_officer"}),
    by_hand.ACT: frozenset({"operator", "agency_admin", "field_officer", "key act"}),
    by_hand.TRIAGE: frozenset({"operator", "key act"}),
    by_hand.TRIAGE_READING: frozenset({"operator"}),
    by_hand.READ: ROLES | {"key read"},
    by_hand.READ_NUMBERS: (ROLES - {"field_officer"}) | {"key read"},
    by_hand.KEEP: ROLES - {"field_officer"},
    by_hand.WORD_ANSWERS: frozenset({"operator", "agency_admin", "key act"}),
    by_hand.ADMINISTER: frozenset({"city_admin"}),
    by_hand.AUDIT: frozenset({"city_admin", "auditor"}),
}
"""Who is let in by each decision of test_routes.ACCESS."""

LIMITED = frozenset({"agency_admin", "agency_head", "field_officer"})
"""Those to whom some complaints lie outside."""

AFTER_A_PASSWORD = ("/login/code", "/login/authenticator")
"""Whoever gave none yet is sent back to the first page."""

ASK_THE_PASSWORD = frozenset(
    {"/account/password", "/account/authenticator", "/account/authenticator/remove", "/logout"}
)
"""A form without the password is answered like a wrong one; who leaves is led to the door."""

WITH_THE_SENDERS_KEY = "/api/v1/complaints/<ticket>/photos/<photo>/<size>.jpg"
"""Open to whoever proves to be the sender, and here nobody does."""

READ_CONTACT = "/api/v1/work/complaints/<ticket>/contact"
HANDLE = frozenset({"operator", "agency_admin", "field_officer"})
"""Those who may ask a reporter: people, and of them who handles the complaint."""

FOR_PEOPLE = ("/account", "/logout")
"""A machine has no password, sessions or second factor: it is told to sign in."""


@dataclass
class Asking:
    """Somebody with a browser or a key."""

    name: str
    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """The application, everybody, and what addresses are filled with."""

    app: Flask
    askers: dict[str, Asking]
    values: dict[str, str]
    inside: str
    outside: str


@pytest.fixture(scope="module")
def database(cluster, jambi_template) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def world(database, tmp_path_factory) -> Iterator[World]:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(
        home=home, tile_url="none", intake_limit=0, sign_in_limit=1000, secret_key="test-only" * 8
    )
    app = create_app(settings, database)
    with as_owner(database) as connection:
        connection.execute(ELSEWHERE)
        inside = put(connection, service="waste_burning", kelurahan=HERE, status="assigned")
        outside = put(connection, service="pothole", kelurahan="15.71.07.1002", status="assigned")
        template = connection.execute(TEMPLATE).scalar_one()
    vault = app.extensions["geoapp"].vault
    for ticket in (inside["ticket"], outside["ticket"]):
        with database.transaction(Role.INTAKE, "15.71", ticket=ticket) as connection:
            contacts.keep(
                connection, vault, default_city(database), ticket, "reporter",
                Contact(phone="+6281234567890"), "id",
            )  # fmt: skip
    victim = hire(database, "field_officer", agency=AGENCY)
    boss = hire(database, "city_admin")
    askers = {"nobody": Asking("nobody", app.test_client())}
    for role in StaffRole:
        where = {"agency": AGENCY} if role.value in LIMITED else {}
        areas = {"kelurahan": [HERE]} if role is StaffRole.FIELD_OFFICER else {}
        askers[role.value] = signed_in(app, role.value, hire(database, role, **where, **areas))
    askers["operator elsewhere"] = signed_in(
        app, "operator elsewhere", hire(database, "operator", city="99.99")
    )
    city = default_city(database)
    machine = accounts.add_machine(
        database, city, boss, name="Gateway", grants=[Grant(role=StaffRole.OPERATOR)]
    )
    for scope in ("intake", "read", "act"):
        key = accounts.make_key(database, city, boss, machine, name=scope, scopes=[scope])
        askers[f"key {scope}"] = Asking(
            f"key {scope}", app.test_client(), {"Authorization": f"Bearer {key.key}"}
        )
    askers["key elsewhere"] = Asking(
        "key elsewhere", app.test_client(), {"Authorization": f"Bearer {key.key[:-4]}AAAA"}
    )
    values = {
        "z": "14", "x": "12907", "y": "8265", "number": str(template), "code": AGENCY,
        "account": str(victim.account_id), "day": "2026-08-17", "token": "x" * 43,
        "grant": "1", "key": "999999", "what": "link", "ended": "999999", "filename": "img/none.svg",
        "photo": "11111111-1111-4111-8111-111111111111", "size": "small",
        "table": "agency", "form": "xlsx",
    }  # fmt: skip
    yield World(app, askers, values, inside["ticket"], outside["ticket"])
    app.extensions["geoapp"].hub.close()


ELSEWHERE = text("""
    INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,
                             ticket_prefix, centre, envelope)
    SELECT '99.99', 'elsewhere', 'Kota Lain', 'Elsewhere', timezone, metric_srid, locale, 'LAI',
           centre, envelope
    FROM geoapp.city WHERE code = '15.71'
""")
TEMPLATE = text("""
    INSERT INTO geoapp.answer_template (city_code, agency_code, name, body)
    VALUES ('15.71', 'dlh', 'Thanks', 'Thank you.') RETURNING id
""")


def signed_in(app: Flask, name: str, actor) -> Asking:
    client = app.test_client()
    sign_in(client, actor)
    return Asking(name, client)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Method, rule and endpoint of every route; what ends a session comes last."""
    found = [
        (method, rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda route: (route[1].startswith(FOR_PEOPLE), route[1], route[0]))


def address(world: World, rule: str, ticket: str) -> str:
    """The rule with its variables filled in; `/kota-jambi` says which of the two cities."""

    def value(match: re.Match[str]) -> str:
        return ticket if match[1] == "ticket" else world.values[match[1]]

    filled = re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", value, rule)
    query = "?agency=dlh" if rule.endswith(("/numbers", "/digest", "/officers")) else ""
    return f"/kota-jambi{filled}{query}"


def ask(world: World, asker: Asking, method: str, rule: str, ticket: str) -> tuple[int, str]:
    """Status and Location of what is answered."""
    headers = dict(asker.headers)
    body: dict[str, object] = {}
    if method == "POST":
        if rule.startswith("/api/"):
            body["json"] = (
                {"step": "note", "text": "seen", "version": 1}
                if rule.endswith("/steps")
                else {"purpose": "seen"}
                if rule == READ_CONTACT
                else {}
            )
        if not asker.headers:
            page = "account" if asker.name in ROLES else "login"
            headers["X-CSRFToken"] = csrf_token(asker.client, f"/kota-jambi/{page}")
    answer = asker.client.open(
        address(world, rule, ticket), method=method, headers=headers, buffered=False, **body
    )
    told = answer.status_code, answer.headers.get("Location", "")
    answer.close()  # the feed would go on for ever
    return told


def expected(name: str, decision: str, rule: str, ticket_is_inside: bool) -> str:
    """``in``, ``hidden`` (as if it weren't there), ``sign in`` or ``forbidden``."""
    if name == "key elsewhere" and decision not in {
        by_hand.PUBLIC, by_hand.INTAKE, by_hand.SIGN_IN,
    }:  # fmt: skip
        return "sign in"
    if name not in MAY[decision]:
        return "sign in" if name in STRANGERS else "forbidden"
    if name in KEYS and rule.startswith(FOR_PEOPLE):
        return "sign in"
    if rule == WITH_THE_SENDERS_KEY:
        return "forbidden"
    if (
        "<ticket>" in rule
        and decision in {by_hand.READ, by_hand.ACT}
        and (not ticket_is_inside and name in LIMITED)
    ):
        return "hidden"
    return "forbidden" if rule == READ_CONTACT and name not in HANDLE else "in"


def verdict(told: tuple[int, str]) -> str:
    status, location = told
    if status == 401 or (status == 303 and "/login" in location):
        return "sign in"
    if status == 403:
        return "forbidden"
    return "hidden" if status == 404 else "in"


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_every_route_lets_in_whom_it_should_and_nobody_else(world, name):
    asker = world.askers[name]
    wrong = []
    for method, rule, _endpoint in routes(world.app):
        decision = by_hand.ACCESS[method, rule]
        tickets = {True: world.inside, False: world.outside}
        for is_inside in (True, False) if "<ticket>" in rule else (True,):
            told = ask(world, asker, method, rule, tickets[is_inside])
            wanted = expected(name, decision, rule, is_inside)
            found = verdict(told)
            if decision == by_hand.SIGN_IN or rule in AFTER_A_PASSWORD:
                fits = True  # a wrong password is told as such
            elif name == "key elsewhere" and wanted == "in":
                fits = found != "forbidden"  # a wrong key may be told even there
            elif wanted == "in" and rule in ASK_THE_PASSWORD:
                fits = found in {"in", "sign in"}
            elif wanted == "in" and "<ticket>" not in rule:
                fits = found in {"in", "hidden"}
            else:
                fits = found == wanted
            fits = fits and told[0] < 500
            if not fits:
                wrong.append(f"{method} {rule} {is_inside}: {told}, should be: {wanted}")
    assert not wrong, "\n".join(wrong)


def test_every_view_says_who_may_ask(world):
    with world.app.app_context():
        silent = [rule for _, rule, endpoint in routes(world.app) if decision_of(endpoint) is None]
    assert silent == []


def test_no_view_of_staff_is_open_to_everybody(world):
    """What test_routes.py calls the staff's isn't declared as public in the view."""
    open_to_all = {Audience.EVERYBODY, Audience.SENDERS}
    with world.app.app_context():
        wrong = [
            rule
            for method, rule, endpoint in routes(world.app)
            if (decision_of(endpoint) in open_to_all)
            != (by_hand.ACCESS[method, rule] in {by_hand.PUBLIC, by_hand.INTAKE, by_hand.SIGN_IN})
        ]
    assert wrong == []


def test_a_route_without_a_decision_fails_and_is_not_served(world):
    """The check of all routes would find it; here one is added to a fresh application."""
    app = create_app(
        Settings(home=Path("/nonexistent"), tile_url="none", secret_key="test-only" * 8),
        world.app.extensions["geoapp"].database,
    )
    app.add_url_rule("/forgotten", "forgotten", lambda: "anybody reads this")
    with app.app_context():
        assert decision_of("forgotten") is None
    answer = app.test_client().get("/kota-jambi/forgotten")
    assert answer.status_code == 500
    assert b"anybody reads this" not in answer.data
    app.extensions["geoapp"].hub.close()
