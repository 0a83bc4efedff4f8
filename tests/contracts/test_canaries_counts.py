"""Small counts reveal no confidential report: with it and without, everybody is told the same.

All that the public can ask is asked before and after, byte by byte; only what is drawn anew for
each answer (moments, tokens) and ETags are put aside. Confidential are: a report that was so from
the first, one merged into a public one, and one that was public and turned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from geoapp.app import create_app
from geoapp.domain.contact import Contact
from geoapp.domain.place import LonLat
from geoapp.domain.workflow import Step
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import contacts, hotspots, replies
from geoapp.usecases.vault import Vault
from tests.canary_breaks import view_changed
from tests.canary_crawl import tile
from tests.canary_marks import Place
from tests.canary_people import HERE
from tests.casework import World
from tests.databases import clone, drop
from tests.support import send

pytestmark = pytest.mark.long

CELLS = [LonLat(103.6100 + column * 2e-4, -1.6128 + row * 2e-4)
         for column in range(4) for row in range(4)]  # fmt: skip
SECRET = LonLat(103.61033219, -1.61251873)
SERVICES = ("pollution", "waste_pile", "waste_burning", "pothole")

_MOVING = (
    (re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), b"MOMENT"),
    (re.compile(rb'(nonce|csrf[-_]token)"?[^>]*?(content|value)?="[^"]+"'), rb"\1=DRAWN"),
    (re.compile(rb'nonce="[^"]+"|nonce-[\w+/=-]+'), b"NONCE"),
    (re.compile(rb'"(held_back_s|listener_lag_s|oldest_waiting_s)":\s*[\d.]+'), rb'"\1":SECONDS'),
    (re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d+:\d+"), b"POSITION OF THE FEED"),
    (re.compile(rb"(?<=, )\d\d[.:]\d\d(?=<)|\b\d\d[.:]\d\d WIB"), b"CLOCK"),
    (re.compile(rb'"free_bytes":\d+'), b'"free_bytes":DISK'),  # whatever else writes on it
)
_HEADERS = {"etag", "date", "content-security-policy", "set-cookie", "x-request-id",
            "content-length"}  # fmt: skip
"""Told apart from the body, or drawn for each answer (the body's length is compared with it)."""


@dataclass
class City:
    """A city with public complaints, and a visitor."""

    world: World
    visitor: FlaskClient
    settings: Settings
    public: list[str]

    def told(self) -> dict[str, tuple[object, ...]]:
        """Everything the public can ask, and what it is told; hotspots are computed first."""
        database = self.world.database
        moment = database.now() + timedelta(seconds=1)
        hotspots.compute_all(database, self.settings, "15.71", moment)
        self.visitor.application.extensions["geoapp"].facts.forget()
        return {address: self._one(address) for address in self._addresses()}

    def _one(self, address: str) -> tuple[object, ...]:
        answer = self.visitor.get(address)
        assert answer.status_code < 500, address
        body = answer.get_data()
        for pattern, instead in _MOVING:
            body = pattern.sub(instead, body)
        headers = {
            name.lower(): value for name, value in answer.headers if name.lower() not in _HEADERS
        }
        return answer.status_code, headers, body

    def _addresses(self) -> list[str]:
        """Every public address but those of a report's own, and each filter of each list."""
        filters = [
            {}, {"status": "all"}, {"kelurahan": HERE}, {"kecamatan": "15.71.08"},
            {"agency": "dlh"}, {"group": "waste"}, {"since": "P1D"}, {"until": "2099-01-01"},
            {"overdue": "true"}, {"boundaries": "then"}, {"q": "rahasia"}, {"limit": "3"},
            {"bbox": _around(SECRET, 1e-5)}, {"bbox": _around(SECRET, 5e-4)},
            *({"status": status} for status in ("open", "done", "duplicate", "on_hold", "rejected")),
            *({"service": service} for service in SERVICES),
        ]  # fmt: skip
        lists = ["/api/v1/complaints", "/api/v1/summary", "/api/v1/areas/numbers"]
        found = [
            f"{path}?{urlencode({'status': 'all'} | one)}" for path in lists for one in filters
        ]
        for service in SERVICES:
            point = {"service": service, "lon": SECRET.lon, "lat": SECRET.lat}
            found += [
                f"/api/v1/{path}?{urlencode(point)}"
                for path in ("complaints/alike", "locate", "assignments/explain")
            ]
        place = Place("", "", SECRET.lon, SECRET.lat)
        for z in (0, 5, 9, 11, 12, 14, 16, 18, 20):
            _, x, y = tile(place, z)
            found += [
                f"/tiles/complaints/{z}/{x}/{y}.mvt{query}"
                for query in ("", "?status=all", "?group=waste&status=all")
            ]
        found += [
            f"/api/v1/areas/numbers?{more}"
            for more in ("level=kecamatan", "level=kelurahan&format=csv", "format=csv&status=all")
        ]
        found += ["/api/v1/hotspots", "/api/v1/hotspots?group=waste", "/api/v1/hotspots?group=road"]
        found += [f"/c/{ticket}" for ticket in self.public]
        found += [f"/api/v1/complaints/{ticket}" for ticket in self.public]
        rules = {
            rule.rule for rule in self.visitor.application.url_map.iter_rules()
            if "GET" in (rule.methods or set()) and not rule.arguments
        }  # fmt: skip
        staffs = ("/admin", "/account", "/api/v1/work", "/live", "/metrics")
        found += [rule for rule in rules if not rule.startswith(staffs)]
        found.append("/live/ground.json")
        return sorted(set(found))


@pytest.fixture(scope="module")
def city(cluster, jambi_template, tmp_path_factory) -> Iterator[City]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    settings = Settings(home=tmp_path_factory.mktemp("home"), tile_url="none", intake_limit=0,
                        secret_key="test-only" * 8, hotspot_min_complaints=5)  # fmt: skip
    app = create_app(settings, database)
    world = World.build(database)
    public = [
        send(database, position=place, service=SERVICES[number % 3],
             description=f"Masalah nomor {number}")["ticket"]
        for number, place in enumerate(CELLS)
    ]  # fmt: skip
    yield City(world, app.test_client(), settings, public)
    app.extensions["geoapp"].hub.close()
    database.dispose()
    drop(cluster, name)


def lived(city: City, ticket: str, agency: str) -> None:
    """Everything that happens to a report: steps, answers, a contact, replies."""
    world, secret = city.world, city.settings.secret()
    with world.database.transaction(Role.INTAKE, "15.71", ticket=ticket) as connection:
        contacts.keep(connection, Vault(city.settings), world.city, ticket, "reporter",
                      Contact(name="Siti", email="siti@contoh.example"), "id")  # fmt: skip
    world.act(world.operator, Step.VERIFY, ticket)
    world.act(world.operator, Step.ASSIGN, ticket)
    world.act(world.operator, Step.NOTE, ticket, text="rahasia")
    handler = world.other_admin if agency == "dlh" else world.admin
    world.act(handler, Step.START, ticket)
    world.act(handler, Step.ANSWER, ticket, text="Kami periksa, rahasia")
    replies.reply(world.database, world.city, ticket, secret=secret,
                  key=replies.follow_key(secret, "15.71", ticket), text="rahasia",
                  solved=False)  # fmt: skip


def differences(before: dict, after: dict) -> list[str]:
    """Addresses whose answers aren't the same any more."""
    assert before.keys() == after.keys()
    return [
        f"{address}: {_first_difference(before[address], after[address])}"
        for address in before if before[address] != after[address]
    ]  # fmt: skip


def _first_difference(one: tuple, other: tuple) -> str:
    if one[:2] != other[:2]:
        return f"{one[:2]} {other[:2]}"
    left, right = one[2], other[2]
    at = next((n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]),
              min(len(left), len(right)))  # fmt: skip
    return f"{left[max(0, at - 80) : at + 80]!r} {right[max(0, at - 80) : at + 80]!r}"


def _around(place: LonLat, degrees: float) -> str:
    west, south, east, north = (
        place.lon - degrees, place.lat - degrees, place.lon + degrees, place.lat + degrees
    )  # fmt: skip
    return f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"


def test_a_public_report_makes_a_difference(city):
    """Or the rest of this file says nothing."""
    before = city.told()
    assert differences(before, city.told()) == []
    ticket = send(city.world.database, position=SECRET, service="waste_pile",
                  description="Yang umum")["ticket"]  # fmt: skip
    changed = " ".join(differences(before, city.told()))
    for part in ("/api/v1/summary", "/api/v1/complaints?", "areas/numbers", "/tiles/complaints/18",
                 "/tiles/complaints/5/", "alike", "hotspots?group=waste"):  # fmt: skip
        assert part in changed, part
    city.public.append(ticket)


@pytest.mark.long
def test_a_public_view_that_forgets_confidential_ones_is_noticed(city):
    before = city.told()
    send(city.world.database, position=SECRET, service="waste_pile", confidential=True,
         description="rahasia sekali")  # fmt: skip
    with view_changed(city.world.database, "complaint_public", r"NOT (\w+\.)?confidential", "true"):
        changed = " ".join(differences(before, city.told()))
    for part in ("/api/v1/summary", "/api/v1/complaints?", "areas/numbers", "/tiles/complaints/18",
                 "/tiles/complaints/5/", "alike", "hotspots"):  # fmt: skip
        assert part in changed, part
    # Tiles drawn meanwhile are kept for this version of the data: another report ends it.
    city.public.append(send(city.world.database, position=SECRET, service="waste_pile")["ticket"])


@pytest.mark.parametrize(
    "service", [SERVICES[0], *(pytest.param(one, marks=pytest.mark.long) for one in SERVICES[1:])]
)
def test_nobody_can_tell_that_there_is_a_confidential_report(city, service):
    before = city.told()
    told = send(city.world.database, position=SECRET, service=service, confidential=True,
                description="rahasia sekali", landmark="rahasia")  # fmt: skip
    assert differences(before, city.told()) == []
    lived(city, told["ticket"], told["agency"]["code"])
    assert differences(before, city.told()) == []


def test_nobody_can_tell_that_a_confidential_report_was_merged_into_a_public_one(city):
    world = city.world
    ticket = send(world.database, position=SECRET, service="waste_pile", confidential=True,
                  description="rahasia sekali")["ticket"]  # fmt: skip
    lead = city.public[-1]
    before = city.told()
    world.act(world.operator, Step.MERGE, ticket, lead=lead, reason="rahasia")
    assert differences(before, city.told()) == []
    world.act(world.operator, Step.UNMERGE, ticket, reason="rahasia")
    assert differences(before, city.told()) == []


def test_nothing_is_left_of_a_report_that_turns_confidential(city):
    world = city.world
    before = city.told()
    told = send(world.database, position=SECRET, service="waste_pile",
                description="rahasia sekali", landmark="rahasia")  # fmt: skip
    ticket = told["ticket"]
    lived(city, ticket, told["agency"]["code"])
    supported = city.visitor.post(f"/api/v1/complaints/{ticket}/support", json={})
    assert supported.status_code == 200
    contacts.follow(world.database, Vault(city.settings), world.city, ticket,
                    "pengikut@contoh.example", "id")  # fmt: skip
    assert differences(before, city.told()), "while it is public it shows"
    world.act(world.operator, Step.CONFIDENTIAL, ticket, reason="rahasia")
    assert differences(before, city.told()) == []


def test_a_confidential_ticket_is_answered_like_one_that_never_was(city):
    """Its page alone says what its sender was told of it; no photo, tile or list knows it."""
    ticket = send(city.world.database, position=SECRET, service="pollution", confidential=True,
                  description="rahasia sekali", landmark="rahasia")["ticket"]  # fmt: skip
    for method, path, body in (
        ("POST", "support", {}), ("POST", "contact", {"email": "a@contoh.example"}),
        ("POST", "mine", {"key": "A" * 16}), ("POST", "dossier", {"key": "A" * 16}),
        ("POST", "rating", {"key": "A" * 16, "stars": 1}),
        ("POST", "escalation", {"key": "A" * 16}), ("DELETE", "support", None),
    ):  # fmt: skip
        told = [
            city.visitor.open(f"/api/v1/complaints/{one}/{path}", method=method, json=body)
            for one in (ticket, "JBI-3333-3333")
        ]
        texts = [answer.get_data(as_text=True).replace(ticket, "JBI-3333-3333") for answer in told]
        assert told[0].status_code == told[1].status_code, path
        assert texts[0] == texts[1], path
