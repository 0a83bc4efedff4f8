"""Complaints with lives made by dice, and filters made by dice, with SQL of the tests' own.

Nothing here is made of the program's filters or statements: conditions are written by hand
over the plain tables, as somebody with psql would.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, text

from tests.complaint_rows import NOW
from tests.work_rows import put

PLACES = ("15.71.08.1006", "15.71.08.1001", "15.71.07.1002", "15.71.01.1003", None)
SERVICES = ("pothole", "waste_burning", "drain_blocked", "street_light_out", "noise")
CHANNELS = ("web", "call_112", "letter", "import")
WORDS = ("lubang", "sampah", "gelap", "50%", "a_b")
OPEN = ("submitted", "verified", "assigned", "in_progress", "on_hold", "reopened")
FOLLOWING = {
    "submitted": ("verified", "rejected", "assigned"),
    "verified": ("assigned", "on_hold", "out_of_authority", "duplicate"),
    "assigned": ("in_progress", "on_hold", "resolved"),
    "in_progress": ("resolved", "on_hold"),
    "on_hold": ("in_progress", "assigned"),
    "resolved": ("closed", "reopened"),
    "reopened": ("assigned", "resolved"),
    "closed": ("reopened",),
    "rejected": (), "out_of_authority": (), "duplicate": (),
}  # fmt: skip

_EVENT = text("""
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, at, actor, data)
    VALUES ('15.71', :id, :ticket, :kind, :status, :at, 'system', cast(:data AS jsonb))
""")


def populate(connection: Connection, dice: random.Random, *, many: int, officer: int) -> None:
    """*many* complaints of the last 200 days with their histories; as they stand at `NOW`."""
    known = set(connection.execute(text("SELECT code FROM geoapp.service")).scalars())
    services = [code for code in SERVICES if code in known]
    for _ in range(many):
        _one(connection, dice, dice.choice(services), officer)


def _one(connection: Connection, dice: random.Random, service: str, officer: int) -> None:
    begun = NOW - timedelta(days=200 * dice.random() ** 2, minutes=1)
    moments = sorted(begun + (NOW - begun) * dice.random() for _ in range(dice.randrange(7)))
    life = [("submitted", begun)]
    for moment in moments:
        choice = FOLLOWING[life[-1][0]]
        if not choice:
            break
        life.append((dice.choice(choice), moment))
    due = begun + timedelta(hours=dice.choice((24, 72, 240)))
    status = life[-1][0]
    moved: list[tuple[datetime, datetime, datetime]] = []
    for (was, _), (_now, at) in pairwise(life):
        if was == "on_hold" or _now == "reopened":
            moved.append((at, due, due := due + timedelta(hours=dice.randrange(1, 200))))
    answered = dice.random() < 0.6
    first = begun + (NOW - begun) * dice.random() ** 3 if answered else None
    resolved = [at for name, at in life if name == "resolved"]
    place = dice.choice(PLACES)
    lon = None if dice.random() < 0.15 else 103.56 + 0.1 * dice.random()
    last = max([life[-1][1], *(at for at, _, _ in moved), *([first] if first else [])])
    row = put(
        connection,
        service=service,
        status=status,
        submitted_at=begun,
        due_at=due,
        resolved_at=resolved[-1] if resolved and status != "reopened" else None,
        closed_at=life[-1][1] if status == "closed" else None,
        first_response_at=first,
        handled_at=first + timedelta(minutes=5) if first and dice.random() < 0.6 else None,
        hold_since=life[-1][1] if status == "on_hold" else None,
        kelurahan=place,
        lon=lon,
        lat=-1.66 + 0.1 * dice.random(),
        channel=dice.choice(CHANNELS),
        confidential=dice.random() < 0.1,
        officer_id=officer if dice.random() < 0.3 else None,
        description=" ".join(dice.sample(WORDS, 2)).title(),
        updated_at=last if dice.random() < 0.7 else NOW,
    )
    told: list[tuple[datetime, str, str | None, dict[str, str]]] = [
        (at, "status", name, {}) for name, at in life[1:]
    ]
    told += [
        (
            at,
            "deadline",
            None,
            {"due_at_before": before.isoformat(), "due_at_after": after.isoformat()},
        )
        for at, before, after in moved
    ]
    for at, kind, name, data in sorted(told, key=lambda one: (one[0], one[1])):
        connection.execute(
            _EVENT,
            {"id": row["id"], "ticket": row["ticket"], "kind": kind, "status": name, "at": at,
             "data": json.dumps(data)},
        )  # fmt: skip


DEADLINE = """CASE WHEN status IN ('submitted','verified','assigned','in_progress','reopened') THEN
    CASE WHEN due_at < :now THEN 'overdue' WHEN due_at < :now + interval '12 hours' THEN 'due_soon'
         ELSE 'in_time' END
    WHEN status = 'on_hold' THEN 'paused' ELSE 'done' END"""


@dataclass
class Asked:
    """A filter as the address carries it, and by hand.

    Attributes:
        where: condition by the field it is for; joined by AND.
    """

    query: dict[str, str]
    where: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=lambda: {"now": NOW})
    since: datetime | None = None
    until: datetime | None = None

    def sql(self, *without: str) -> str:
        """The condition, but for some fields."""
        kept = [condition for name, condition in self.where.items() if name not in without]
        return " AND ".join(["city_code = '15.71'", *kept])


def _listed(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def draw(dice: random.Random, officer: int) -> Asked:
    """A filter of some fields, each with a value that some complaints have."""
    asked = Asked({})

    def put_in(name: str, value: str, condition: str) -> None:
        asked.query[name] = value
        asked.where[name] = condition

    def codes(name: str, column: str, of: Sequence[str]) -> None:
        chosen = dice.sample(list(of), dice.randrange(1, 3))
        put_in(name, ",".join(chosen), _listed(column, chosen))

    made = {
        "group": lambda: codes("group", "group_code", ("road", "waste", "drainage")),
        "service": lambda: codes("service", "service_code", SERVICES),
        "agency": lambda: codes("agency", "agency_code", ("pupr_bina_marga", "dlh", "pupr_sda")),
        "kecamatan": lambda: codes("kecamatan", "kecamatan_code", ("15.71.08", "15.71.07", "15.71.01")),
        "kelurahan": lambda: codes("kelurahan", "kelurahan_code", [p for p in PLACES if p]),
        "channel": lambda: codes("channel", "channel", CHANNELS),
        "deadline": lambda: codes("deadline", DEADLINE, ("overdue", "due_soon", "in_time", "paused")),
        "status": lambda: _status(dice, put_in),
        "period": lambda: draw_period(dice, asked),
        "overdue": lambda: _overdue(dice, put_in),
        "q": lambda: _words(dice, put_in),
        "polygon": lambda: put_in(
            "polygon", "103.57,-1.66,103.65,-1.65,103.64,-1.57,103.58,-1.58",
            "location_kind = 'point' AND ST_Covers(ST_GeomFromText('POLYGON((103.57 -1.66,103.65 -1.65,"
            "103.64 -1.57,103.58 -1.58,103.57 -1.66))', 4326), geom)"),
        "bbox": lambda: put_in(
            "bbox", "103.58,-1.65,103.64,-1.58",
            "location_kind = 'point' AND ST_X(geom) BETWEEN 103.58 AND 103.64"
            " AND ST_Y(geom) BETWEEN -1.65 AND -1.58"),
        "near": lambda: (
            asked.query.update(near="103.61,-1.61", within_m="3000"),
            asked.where.update(near="location_kind = 'point' AND ST_DWithin(geom::geography,"
                               " ST_SetSRID(ST_MakePoint(103.61, -1.61), 4326)::geography, 3000)")),
        "officer": lambda: _officer(dice, put_in, officer),
    }  # fmt: skip
    for name in dice.sample(sorted(made), dice.choice((0, 1, 1, 2, 2, 3))):
        made[name]()
    return asked


def _status(dice: random.Random, put_in: Any) -> None:
    if dice.random() < 0.5:
        put_in("status", "open", _listed("status", OPEN))
    else:
        chosen = dice.sample(sorted(FOLLOWING), 3)
        put_in("status", ",".join(chosen), _listed("status", chosen))


def draw_period(dice: random.Random, asked: Asked) -> None:
    """Add a period to *asked*."""
    days = dice.choice((7, 30, 90, 150))
    asked.since = NOW - timedelta(days=days)
    asked.query["since"] = f"P{days}D"
    asked.where["since"] = "submitted_at >= :since"
    asked.values["since"] = asked.since
    if dice.random() < 0.4:
        # whole days of Jambi, UTC+7: the end is the midnight after the day
        day = (NOW - timedelta(days=dice.randrange(1, days))).date()
        asked.query["until"] = day.isoformat()
        asked.until = datetime.combine(day, datetime.min.time(), NOW.tzinfo) + timedelta(hours=17)
        asked.where["until"] = "submitted_at < :until"
        asked.values["until"] = asked.until


def _overdue(dice: random.Random, put_in: Any) -> None:
    wanted = dice.random() < 0.5
    condition = f"({DEADLINE}) {'=' if wanted else '<>'} 'overdue'"
    put_in("overdue", "true" if wanted else "false", condition)


def _words(dice: random.Random, put_in: Any) -> None:
    word = dice.choice(WORDS)
    put_in("q", word, f"position('{word}' IN lower(description)) > 0")


def _officer(dice: random.Random, put_in: Any, officer: int) -> None:
    if dice.random() < 0.5:
        put_in("officer", str(officer), f"officer_id = {officer}")
    else:
        put_in("officer", "none", "officer_id IS NULL")
