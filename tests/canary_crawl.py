"""Every route of the application asked by somebody, with everything its addresses can hold.

Routes, their variables, query parameters and bodies are found in the application. What none of
the tables here knows how to fill is told by `unknown`, and fails the test.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.asking import as_owner
from tests.canary_answers import found_in
from tests.canary_marks import Mark, Place
from tests.canary_people import AGENCY, FAR, HERE, Asker
from tests.canary_table import Surface, may_appear
from tests.canary_world import METRICS, World

ELSEWHERE = frozenset({"/live", "/live/work"})
"""Go on for ever: followed while everything was planted, and once more in tests of their own."""
OWN_POINT = "/api/v1/assignments/explain"
"""Tells the asked point back, rounded as it was asked: it looks no complaint up."""
LAST = ("/logout", "/account", "/login", "/invitation")
"""Ends sessions; asked with empty forms, and after everything else."""
DESTROYS = frozenset({"/logout", "/account/sessions/end-others"})
"""Asked last of all: what comes after it wouldn't be answered."""

_VARIABLE = re.compile(r"<(?:[^<>]*:)?([^<>:]+)>")
ZOOMS = range(21)
FEW = 5
"""Values of one parameter that are asked with in `make test`."""


@dataclass(frozen=True)
class Leak:
    """Something private where it may not be."""

    mark: Mark | Place
    asker: str
    surface: Surface
    address: str

    def __str__(self) -> str:
        return f"{self.mark} → {self.asker}: {self.surface} ({self.address[:150]})"


class Crawler:
    """Asks as everybody, and looks for what may not be there."""

    def __init__(self, world: World, *, thorough: bool) -> None:
        self.world = world
        self.thorough = thorough
        self.leaks: set[Leak] = set()
        self.seen: set[tuple[str, str]] = set()
        """Kinds of marks that were rightly shown, with to whom."""
        self.asked = 0
        self.good: set[str] = set()
        """Rules that gave a good answer to a GET at least once."""
        self.faults: set[str] = set()
        """Answers of 500 and above."""
        self._values = self._values_of(world)

    def crawl(self, asker: Asker, only: tuple[str, ...] = ("/",), unsafe: bool = True) -> None:
        """Every route (whose rule begins with one of *only*), everything it can be asked."""
        for method, rule, view in routes(self.world.app):
            if rule in ELSEWHERE or not rule.startswith(only) or (method != "GET" and not unsafe):
                continue
            for path in self._paths(rule):
                for query, body in self._variants(method, rule, view, asker):
                    self.ask(asker, method, rule, f"{path}{query}", body)
        if unsafe:
            asker.sign_in_again(self.world.marks)

    def ask(
        self, asker: Asker, method: str, rule: str, path: str, body: dict[str, Any] | None = None
    ) -> TestResponse:
        """One question; what its answer holds is noted."""
        headers = dict(asker.headers)
        if method != "GET":
            headers |= asker.unsafe_headers()
        if rule == "/metrics":
            headers["Authorization"] = f"Bearer {METRICS}"
        address = f"/{asker.city}{path}"
        given: dict[str, Any] = {}
        if method != "GET":
            given = {"json": body} if rule.startswith("/api/") else {"data": body or {}}
        answer = asker.client.open(address, method=method, headers=headers, **given)
        self.look(asker, Surface(method, rule), address, answer, str(body or ""))
        return answer

    def look(
        self, asker: Asker, surface: Surface, address: str, answer: TestResponse, sent: str = ""
    ) -> None:
        """Note what *answer* holds, but for what was asked with."""
        self.asked += 1
        if answer.status_code >= 500:
            self.faults.add(f"{surface}: {answer.status_code} ({address[:120]})")
        if surface.method == "GET" and answer.status_code < 300:
            self.good.add(surface.rule)
        content = b"" if surface.rule.startswith("/static/") else answer.get_data()
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        found = found_in(
            self.world.marks, address, answer.headers.get("Content-Type", ""), headers, content
        )
        answer.close()
        for mark in found:
            if isinstance(mark, Mark) and (mark.text in address or mark.text in sent):
                continue  # said by whoever asked
            if isinstance(mark, Place) and surface.rule == OWN_POINT:
                continue
            if may_appear(mark, asker, surface):
                self.seen.add((mark.kind, asker.name))
            else:
                self.leaks.add(Leak(mark, asker.name, surface, address))

    # what addresses are filled with

    def _values_of(self, world: World) -> dict[str, list[str]]:
        with as_owner(world.database) as owner:
            known = dict(owner.execute(_KNOWN).one()._mapping)
        tickets = [report.ticket for report in world.reports.values()]
        photos = [photo for report in world.reports.values() for photo in report.photos]
        return {
            "ticket": [*tickets, "JBI-3333-3333"],
            "photo": [*photos, "11111111-1111-4111-8111-111111111111"],
            "size": ["small", "large"],
            "number": [str(known["set_id"])],
            "code": [AGENCY, "waste_burning", "waste_city"],
            "account": [str(known["account"])],
            "grant": ["999999"], "key": ["999999"], "ended": ["999999"], "what": ["link"],
            "request": ["1"], "day": ["2026-08-17"], "token": ["x" * 43],
            "filename": ["img/none.svg"],
            "table": ["all", "kelurahan"],
            "form": ["csv", "xlsx"],
        }  # fmt: skip

    def _paths(self, rule: str) -> Iterator[str]:
        names = _VARIABLE.findall(rule)
        if {"z", "x", "y"} <= set(names):
            for z, x, y in self._tiles():
                yield (rule.replace("<z>", str(z)).replace("<x>", str(x)).replace("<y>", str(y)))
            return
        choices = [self._values[name] for name in names]
        if not self.thorough and len(names) > 1:  # each value once, not each with each
            longest = max(map(len, choices))
            every = [[choice[n % len(choice)] for choice in choices] for n in range(longest)]
        else:
            every = [list(values) for values in product(*choices)]
        for values in every:
            given = iter(values)
            yield _VARIABLE.sub(lambda _: next(given), rule)  # noqa: B023 - used at once

    def _tiles(self) -> set[tuple[int, int, int]]:
        """Every tile that holds one of the exact positions, at every zoom."""
        places = [place for place in self.world.marks.places if place.kind == "exact position"]
        zooms = ZOOMS if self.thorough else (0, 11, 15, 18)
        return {tile(place, z) for place in places for z in zooms}

    def _variants(
        self, method: str, rule: str, view: Any, asker: Asker
    ) -> Iterator[tuple[str, dict[str, Any] | None]]:
        described = getattr(view, "operation", None)
        if method != "GET":
            yield "", body_for(rule, getattr(described, "body", None))
            return
        yield "", None
        query = getattr(described, "query", None)
        if query is None:
            for extra in PAGES.get(rule, ("lang=en",) if self.thorough else ()):
                yield f"?{extra}", None
            return
        if rule in NEEDS_AGENCY:
            yield f"?agency={AGENCY}", None
        if {"lon", "lat"} <= set(query.model_fields):
            for place, service in product(_exact(self.world), QUERY["service"](self.world)):
                point = {"lon": f"{place.lon:.5f}", "lat": f"{place.lat:.5f}"}
                point |= {"service": service}
                if "accuracy_m" in query.model_fields:
                    point["accuracy_m"] = "8"
                yield "?" + urlencode(point), None
            return
        needed = {
            name: QUERY[name](self.world)[0] for name, field in query.model_fields.items()
            if field.is_required()
        }  # fmt: skip
        if rule.startswith("/tiles/"):  # hundreds of them; filters are the lists' own
            yield "?status=all", None
            yield f"?status=all&q={_words(self.world)[0]}", None
            return
        if self.thorough or asker.role == "visitor":
            chosen = tuple(query.model_fields)
        else:
            chosen = ("status", "agency", "bbox", "near", "format")
        for name in chosen:
            values = QUERY[name](self.world) if name in query.model_fields else []
            for value in values if self.thorough else values[:FEW]:
                yield "?" + urlencode(needed | WITH.get(name, {}) | {name: value}), None


def tile(place: Place, z: int) -> tuple[int, int, int]:
    """Zoom, column and row (XYZ) of the tile that holds *place*."""
    latitude = math.radians(place.lat)
    down = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2
    return z, int((place.lon + 180) / 360 * 2**z), int(down * 2**z)


def routes(app: Flask) -> list[tuple[str, str, Any]]:
    """Method, rule and view of every route; what ends a session comes last."""
    found = [
        (method, rule.rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(
        found, key=lambda one: (one[1] in DESTROYS, one[1].startswith(LAST), one[1], one[0])
    )


def unknown(app: Flask) -> list[str]:
    """Routes that this crawler doesn't know how to fill."""
    world_values = {*FILLED}
    strange = []
    for method, rule, view in routes(app):
        names = set(_VARIABLE.findall(rule)) - world_values
        described = getattr(view, "operation", None)
        query = getattr(described, "query", None)
        names |= set(query.model_fields if query else ()) - set(QUERY)
        body = getattr(described, "body", None)
        if method != "GET" and body is not None and rule not in BODIES:
            names |= {
                name for name, field in body.model_fields.items() if field.is_required()
            } - set(BODY)
        strange += [f"{method} {rule}: {name}" for name in sorted(names)]
    return strange


def body_for(rule: str, model: Any) -> dict[str, Any]:
    """What is sent: what the route's model needs, or what is said here."""
    if rule in BODIES:
        return BODIES[rule]
    if model is None:
        return {}
    return {
        name: BODY[name] for name, field in model.model_fields.items() if field.is_required()
    }  # fmt: skip


def _tiny(place: Place) -> str:
    """A box of about two metres around it, west, south, east, north."""
    return f"{place.lon - 1e-5:.5f},{place.lat - 1e-5:.5f},{place.lon + 1e-5:.5f},{place.lat + 1e-5:.5f}"


def _exact(world: World) -> list[Place]:
    return [place for place in world.marks.places if place.kind == "exact position"]


def _words(world: World) -> list[str]:
    wanted = ("confidential words", "note", "reply", "rating", "rejected words", "landmark")
    return [mark.text for mark in world.marks.words.values() if mark.kind in wanted][:12]


def _ring(place: Place) -> str:
    west, south, east, north = _tiny(place).split(",")
    return f"{west},{south},{east},{south},{east},{north},{west},{north}"


QUERY: dict[str, Any] = {
    "bbox": lambda world: ["103.5,-1.7,103.7,-1.5", *map(_tiny, _exact(world))],
    "polygon": lambda world: [_ring(place) for place in _exact(world)],
    "near": lambda world: [f"{place.lon:.4f},{place.lat:.4f}" for place in _exact(world)],
    "lon": lambda _: ["103.6104"], "lat": lambda _: ["-1.6124"],
    "accuracy_m": lambda _: ["8"], "within_m": lambda _: ["5", "5000"],
    "group": lambda _: ["waste"], "service": lambda _: ["waste_burning", "pollution"],
    "status": lambda _: ["all", "rejected", "duplicate", "on_hold", "closed"],
    "kelurahan": lambda _: [HERE, FAR], "kecamatan": lambda _: ["15.71.08"],
    "agency": lambda _: [AGENCY], "since": lambda _: ["P1D"], "until": lambda _: ["2099-01-01"],
    "overdue": lambda _: ["true"], "boundaries": lambda _: ["then"], "q": _words,
    "limit": lambda _: ["1", "1000"], "cursor": lambda _: ["x"], "before": lambda _: ["2"],
    "level": lambda _: ["kecamatan", "kelurahan"], "format": lambda _: ["csv", "json"],
    "window_days": lambda _: ["30"], "day": lambda _: ["2026-11-20"],
    "officer": lambda _: ["none"], "service_area": lambda _: ["waste_city"],
    "channel": lambda _: ["call_112"], "deadline": lambda _: ["paused"],
    "late": lambda _: ["verify"], "authority": lambda _: ["offered"], "sort": lambda _: ["newest"],
    "measure": lambda _: ["count", "median_response"],
    "page": lambda _: ["1"], "confidential": lambda _: ["true"],
}  # fmt: skip
"""Values of each query parameter; those of a name are asked one by one."""

WITH: dict[str, dict[str, str]] = {
    name: {"status": "all"}
    for name in ("bbox", "polygon", "near", "q", "group", "service", "kelurahan", "kecamatan",
                 "agency", "since", "until", "boundaries", "limit", "level", "format", "channel")
} | {"near": {"status": "all", "within_m": "3"}, "within_m": {"near": "103.6104,-1.6124"}}  # fmt: skip

NEEDS_AGENCY = frozenset({"/api/v1/work/digest", "/api/v1/work/numbers", "/api/v1/work/officers"})
"""Refuse whoever isn't of one agency and names none."""

FILLED = frozenset(
    {"ticket", "photo", "size", "number", "code", "account", "grant", "key", "ended", "what",
     "request", "day", "token", "filename", "z", "x", "y",
     "table", "form"}
)  # fmt: skip

_AGENCY = (f"agency={AGENCY}", f"agency={AGENCY}&lang=en")
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("status=all&kelurahan=" + HERE, "lang=en"),
    "/areas": ("status=all", "level=kecamatan"),
    "/agency": ("status=all", "q=kenari"), "/command": ("status=all", "q=kenari&since="),
    "/agency/numbers": _AGENCY, "/agency/digest": _AGENCY,
    "/command/statistics": (
        "since=", "boundaries=then", "sort=agency:open:down&q=kenari&kelurahan=" + HERE,
    ),
    "/admin/log": ("kind=contact", "page=2"),
}  # fmt: skip

BODY: dict[str, Any] = {
    "key": "AAAAAAAAAAAAAAAA", "stars": 3, "text": "Sama saja", "purpose": "Bertanya kembali",
    "service": "waste_burning", "description": "Lubang besar sekali", "step": "note", "version": 1,
    "channel": "letter", "complaints": [], "name": "Terima kasih", "body": "Terima kasih banyak",
    "reason": "Karena", "query": "group=waste&status=open", "ticket": "JBI-3333-3333", "lead": "JBI-3333-3333",
    "other": "JBI-3333-3334", "tickets": ["JBI-3333-3333", "JBI-3333-3334"],
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    # a version long gone: the refusal says who did what meanwhile
    "/api/v1/work/complaints/<ticket>/steps": {"step": "note", "text": "Dilihat", "version": 1},
    # refused, with every field named
    "/api/v1/complaints": {"service": "?", "description": "x", "lon": 999.0, "lat": 0.0},
    "/api/v1/work/complaints": {"service": "?", "description": "x", "channel": "letter"},
    "/api/v1/work/complaints/junk": {"service": "?"},
    "/api/v1/work/templates": {"name": "", "body": ""},
    "/api/v1/work/photos/<uuid:photo>/hide": {"reason": ""},
    "/api/v1/complaints/<ticket>/contact": {"email": "bukan alamat"},
}

_KNOWN = text("""
    SELECT (SELECT max(id) FROM geoapp.boundary_set
            WHERE city_code = '15.71' AND layer = 'kelurahan') AS set_id,
           (SELECT min(id) FROM geoapp.account WHERE city_code = '15.71') AS account
""")
