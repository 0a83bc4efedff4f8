"""A city of random complaints, and its figures reckoned another way: plain SQL, and Kaplan and
Meier's product step by step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, text

from geoapp.domain.complaint import Status
from tests.complaint_rows import NOW
from tests.work_rows import put

SERVICES = ("pothole", "waste_burning", "drain_blocked", "street_light_out")
PLACES = ("15.71.08.1006", "15.71.08.1001", "15.71.07.1002", None)
CHANNELS = ("import", "letter", "call_112")
RUNNING = ("submitted", "verified", "assigned", "in_progress", "reopened")
OPEN = (*RUNNING, "on_hold")


def fill(owner: Connection, count: int, seed: int, now: datetime = NOW) -> None:
    """Store *count* random complaints of the 200 days before *now*, some of the day after."""
    dice = random.Random(seed)

    def maybe(chance: float, begin: datetime, hours: float) -> datetime | None:
        later = begin + timedelta(hours=dice.uniform(0.1, hours))
        return later if dice.random() < chance and later < now else None

    for _ in range(count):
        came = now - timedelta(hours=dice.expovariate(1 / 900) % 4800 - 20)
        status = dice.choice([status.value for status in Status])
        done = status in ("resolved", "closed")
        place = dice.choice(PLACES)
        moved = dice.random() < 0.3 and place
        put(
            owner,
            service=dice.choice(SERVICES),
            kelurahan=place,
            lon=103.605 + dice.random() / 100 if place else None,
            status=status,
            submitted_at=came,
            due_at=came + timedelta(hours=dice.choice((24, 48, 72, 400))),
            answer_due_at=came + timedelta(hours=dice.choice((12, 24, 100))),
            first_response_at=maybe(0.6, came, 90),
            handled_at=maybe(0.5, came, 90),
            resolved_at=came + timedelta(hours=dice.uniform(1, 200)) if done else None,
            hold_since=came + timedelta(hours=dice.uniform(1, 90)) if status == "on_hold" else None,
            reopenings=dice.choice((0, 0, 0, 1)),
            channel=dice.choice(CHANNELS),
            then_kelurahan_code=dice.choice(PLACES[:3]) if moved else None,
        )


FIGURES: dict[str, str] = {
    "received": "{received}",
    "set_aside": "{received} AND c.status IN ('rejected', 'duplicate')",
    "open": "c.status IN {open}",
    "overdue": "c.status IN {running} AND c.due_at < :now",
    "followed_up": "{received} AND c.status NOT IN ('rejected', 'duplicate')"
    " AND c.handled_at IS NOT NULL",
    "followed_up_of": "{received} AND c.status NOT IN ('rejected', 'duplicate')",
    "resolved_in_time": "{resolved} AND c.resolved_at <= c.due_at",
    "resolved_in_time_of": "({resolved}) OR (c.resolved_at IS NULL AND {due}"
    " AND ((c.status IN {running} AND c.due_at < :now)"
    " OR (c.status = 'on_hold' AND c.due_at < c.hold_since)))",
}
"""Which complaints each figure counts, in words of SQL that share nothing with the program's."""

_WORDS = {
    "received": "c.submitted_at >= :since AND c.submitted_at < :until",
    "resolved": "c.resolved_at >= :since AND c.resolved_at < :until"
    " AND c.status NOT IN ('rejected', 'duplicate')",
    "due": "c.due_at >= :since AND c.due_at < :until",
    "open": str(OPEN),
    "running": str(RUNNING),
}


def counted(
    owner: Connection, figure: str, key: str, where: str, binds: dict[str, Any]
) -> dict[str | None, int]:
    """How many complaints *figure* counts by *key* (a column's SQL), of those *where* lets in."""
    chosen = FIGURES[figure].format(**_WORDS)
    rows = owner.execute(
        text(
            f"SELECT {key} AS key, count(*) FROM geoapp.complaint AS c"
            f" WHERE c.city_code = '15.71' AND c.submitted_at < :now AND ({where}) AND ({chosen})"
            " GROUP BY 1"
        ),
        binds,
    )
    return {key or None: number for key, number in rows}


def oldest(
    owner: Connection, key: str, where: str, binds: dict[str, Any]
) -> dict[str | None, datetime]:
    """When the oldest open complaint came, by *key*."""
    rows = owner.execute(
        text(
            f"SELECT {key}, min(c.submitted_at) FROM geoapp.complaint AS c"
            f" WHERE c.submitted_at < :now AND ({where}) AND c.status IN {OPEN} GROUP BY 1"
        ),
        binds,
    )
    return {key or None: moment for key, moment in rows}


def waits(
    owner: Connection, key: str, where: str, binds: dict[str, Any]
) -> Iterator[tuple[str | None, float, bool]]:
    """Key, seconds waited and whether it was answered, of what the times are made of."""
    rows = owner.execute(
        text(
            f"SELECT {key}, c.submitted_at, c.first_response_at"
            " FROM geoapp.complaint AS c WHERE c.submitted_at >= :since"
            f" AND c.submitted_at < least(:until, :now) AND ({where})"
            f" AND (c.first_response_at IS NOT NULL OR c.status IN {OPEN})"
        ),
        binds,
    )
    for code, came, answered in rows:
        yield code or None, ((answered or NOW) - came).total_seconds(), answered is not None


def quantile(times: list[tuple[float, bool]], left: Fraction) -> float | None:
    """The first time after which no more than *left* still wait (Kaplan and Meier, 1958)."""
    share, waiting = Fraction(1), len(times)
    for moment in sorted({seconds for seconds, _ in times}):
        answered = sum(1 for seconds, was in times if was and seconds == moment)
        share *= 1 - Fraction(answered, waiting)
        if answered and share <= left:
            return moment
        waiting -= sum(1 for seconds, _ in times if seconds == moment)
    return None
