"""Two cities on one server: whatever one is asked, by whomever, nothing of the other is in it.

The routes come from the application, so that a new one is asked too. Their variables are
filled with what is the *other* city's: its tickets, accounts, sets and templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import city_add
from tests.asking import as_owner, body
from tests.databases import clone, drop
from tests.people import hire, sign_in
from tests.usecases.test_city_add import PENGANTEN, square, written

pytestmark = pytest.mark.long

HOME, NEXT_DOOR = "kota-jambi", "kabupaten-contoh"
CODES = {HOME: "15.71", NEXT_DOOR: "15.05"}
MARKS = {HOME: "Xylofon Utama", NEXT_DOOR: "Zwitserland"}
"""A word that stands in everything of a city that words can be put into."""

ROLES = ("operator", "city_admin", "auditor", "agency_admin", "field_officer")
STREAMS = frozenset({"/live", "/live/work"})
"""Go on for ever; tests of their own (tests/web/test_live.py, test_live_work.py) follow them."""


@dataclass
class Cities:
    app: Flask
    database: Database
    staff: dict[tuple[str, str], Actor]
    tickets: dict[str, str]
    ids: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def both(cluster, jambi_template, tmp_path_factory) -> Iterator[Cities]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    home: Path = tmp_path_factory.mktemp("home")
    mark = MARKS[NEXT_DOOR]
    file = written(
        home,
        square("15.05.01.2001", f"Desa {mark}", 104.0, -1.6),
        square("15.05.02.2001", f"Sungai {mark}", 104.1, -1.6),
    )
    city_add.add(
        database,
        file,
        city_add.CityWishes(
            name="Kabupaten Contoh",
            valid_from=date(2024, 1, 1),
            version=mark,
            source=mark,
            parents={"15.05.01": f"Kec {mark}"},
        ),
        home=home / "cities",
    )
    app = create_app(
        Settings(
            home=home, tile_url="none", intake_limit=0, sign_in_limit=1000, secret_key="x1" * 20
        ),
        database,
    )
    client = app.test_client()
    tickets, ids = {}, {}
    for slug in CODES:
        place = {"lon": PENGANTEN[0], "lat": PENGANTEN[1]} if slug == NEXT_DOOR else {}
        sent = client.post(
            f"/{slug}/api/v1/complaints",
            json=body(description=f"Lubang di {MARKS[slug]}", landmark=MARKS[slug], **place),
        )
        assert sent.status_code == 201, sent.get_json()["error"]
        tickets[slug] = sent.get_json()["ticket"]
    staff = {
        (slug, role): hire(
            database,
            role,
            city=code,
            name=f"{role} {MARKS[slug]}",
            agency="dlh" if role in {"agency_admin", "field_officer"} else None,
        )
        for slug, code in CODES.items()
        for role in ROLES
    }
    with as_owner(database) as connection:
        for slug, code in CODES.items():
            row = connection.execute(MARKED, {"city": code, "mark": MARKS[slug]}).one()
            ids[slug] = {
                "account": str(staff[slug, "field_officer"].account_id),
                "set_id": str(row.set_id),
                "template": str(row.template),
            }
    yield Cities(app, database, staff, tickets, ids)
    app.extensions["geoapp"].hub.close()
    database.dispose()
    drop(cluster, name)


MARKED = text("""
    WITH agency AS (
        UPDATE geoapp.agency_version SET unit = :mark
        WHERE city_code = :city AND agency_code = 'dlh'
    ),
    holiday AS (
        INSERT INTO geoapp.holiday (city_code, day, name, kind)
        VALUES (:city, '2026-12-30', :mark, 'local')
    ),
    event AS (
        INSERT INTO geoapp.admin_event (city_code, actor, kind, subject, data)
        VALUES (:city, 'system', 'catalogue.replaced', :mark, '{}')
    ),
    template AS (
        INSERT INTO geoapp.answer_template (city_code, agency_code, name, body)
        VALUES (:city, 'dlh', :mark, :mark)
        RETURNING id
    )
    SELECT template.id AS template,
           (SELECT max(id) FROM geoapp.boundary_set
            WHERE city_code = :city AND layer = 'kelurahan') AS set_id
    FROM template
""")


def addresses(both: Cities, here: str, there: str) -> list[str]:
    """Every GET of the application in the city *here*, filled with what is *there*'s."""
    ids = both.ids[there]
    # tiles (XYZ, zoom 12) in which the other city's complaint lies
    x, y = {HOME: ("3226", "2066"), NEXT_DOOR: ("3231", "2065")}[there]
    values = {
        **dict.fromkeys(("set_id", "set", "id", "activation"), ids["set_id"]),
        **dict.fromkeys(("number", "template"), ids["template"]),
        "account": ids["account"], "ticket": both.tickets[there], "code": "dlh",
        "z": "12", "x": x, "y": y, "day": "2026-12-30", "token": "x" * 43, "grant": "1",
        "key": "1", "what": "link", "ended": "1", "filename": "img/none.svg",
        "table": "agency", "form": "xlsx",
    }  # fmt: skip
    found = []
    for rule in both.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.rule in STREAMS:
            continue
        path = re.sub(
            r"<(?:[^<>]*:)?([^<>:]+)>", lambda match: values.get(match[1], "1"), rule.rule
        )
        found.append(f"/{here}{path}")
        found.append(f"/{here}{path}?agency=dlh&status=all&level=kelurahan&lon=104.05&lat=-1.55"
                     "&service=pothole")  # fmt: skip
    return sorted(found)


def told(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code < 500, address
    text = answer.get_data().decode("utf-8", "replace")
    answer.close()
    return text


@pytest.mark.parametrize("here", [HOME, NEXT_DOOR])
@pytest.mark.parametrize("role", [None, *ROLES])
def test_nothing_of_the_other_city_is_told(both, here, role):
    there = NEXT_DOOR if here == HOME else HOME
    client = both.app.test_client()
    if role:
        sign_in(client, both.staff[here, role])
    leaks, own = [], 0
    for address in addresses(both, here, there):
        text = told(client, address)
        ticket = both.tickets[there]
        # a page may say which address wasn't found
        if MARKS[there] in text or (ticket in text and ticket not in address):
            leaks.append(address)
        own += MARKS[here] in text
    assert leaks == []
    assert own > (5 if role else 0), "the marks are not where they could be seen"


@pytest.mark.parametrize("role", ROLES)
def test_whoever_is_somebody_here_is_nobody_there(both, role):
    client = both.app.test_client()
    sign_in(client, both.staff[HOME, role])
    stranger = both.app.test_client()
    for address in addresses(both, NEXT_DOOR, NEXT_DOOR):
        if address.startswith((f"/{NEXT_DOOR}/login", f"/{NEXT_DOOR}/account")):
            continue  # the door's pages carry a token of their own
        theirs, strangers = client.get(address), stranger.get(address)
        assert theirs.status_code == strangers.status_code, address
        theirs.close()
        strangers.close()


def test_the_same_point_belongs_to_one_of_them(both):
    client = both.app.test_client()
    lon, lat = PENGANTEN
    asked = f"api/v1/locate?lon={lon}&lat={lat}&service=pothole"
    assert client.get(f"/{NEXT_DOOR}/{asked}").status_code == 200
    outside = client.get(f"/{HOME}/{asked}")
    assert (outside.status_code, outside.get_json()["error"]["code"]) == (422, "outside_city")
