"""Who must act, and where it is: the decision every complaint gets as it is stored.

The rule is written once, in the SQL functions ``geoapp.decide`` and ``geoapp.area_at``:
the areas covering the point, lowest code first; else the nearest within 50 m; else
outside. Positions are EPSG:4326, distances metres in the city's metric CRS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from geoapp.domain.complaint import NewComplaint
from geoapp.store.statements import statement

# One number per city for PostgreSQL's advisory locks; the first key is this program's.
_SHARED = text("SELECT pg_advisory_xact_lock_shared(74031, hashtext(:city_code))")
_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(74031, hashtext(:city_code))")
_BRIEFLY = text("SET LOCAL lock_timeout = '300ms'")
_REASSIGNING = text("SELECT pg_advisory_xact_lock(:key, hashtext(:city_code))")
_HAND_KEYS = (74032, 74037)


def wait_briefly(connection: Connection) -> None:
    """For this transaction: give up after 0.3 s of waiting for a lock.

    Submissions queue up behind the switch while it waits for those before them.
    """
    connection.execute(_BRIEFLY)


def lock_in_submission(connection: Connection, city_code: str) -> None:
    """Keep boundary activations out until this transaction ends.

    A statement of its own: under READ COMMITTED the INSERT that follows then sees
    whatever was activated while this one waited.
    """
    connection.execute(_SHARED, {"city_code": city_code})


def lock_out_submissions(connection: Connection, city_code: str) -> None:
    """Keep submissions out until this transaction ends; for the switch of a boundary set."""
    connection.execute(_EXCLUSIVE, {"city_code": city_code})


def commit_unhurried(connection: Connection) -> None:
    """For this transaction: don't wait until its commit has reached the disk.

    For batches that note their position themselves: what a crash takes back is done again.
    """
    connection.execute(text("SET LOCAL synchronous_commit = off"))


def lock_in_batch(connection: Connection, city_code: str, hand: int = 0) -> None:
    """Let one batch at a time be decided, or brought along by each of the two hands (0, 1)."""
    connection.execute(_REASSIGNING, {"city_code": city_code, "key": _HAND_KEYS[hand]})


def values_of(city_code: str, ticket: str, new: NewComplaint) -> dict[str, Any]:
    """The binds of ``assignment_store.sql`` that describe a complaint."""
    return {
        "city_code": city_code,
        "ticket": ticket,
        "channel": new.channel.value,
        "source": new.source,
        "external_id": new.external_id,
        "service": new.service,
        "description": new.description,
        "landmark": new.landmark,
        "status": new.status.value,
        "submitted_at": new.submitted_at,
        "observed_at": new.observed_at,
        "lon": new.position.lon if new.position else None,
        "lat": new.position.lat if new.position else None,
        "accuracy_m": new.accuracy_m,
        "named_area": new.named_area,
        "confirmed_area": new.confirmed_area,
        "anonymous": new.anonymous,
        "confidential": new.confidential,
        "simulated": new.simulated,
    }


def store(
    connection: Connection,
    city_code: str,
    ticket: str,
    new: NewComplaint,
    *,
    actor: str,
    keep_outside: bool,
) -> Row[Any] | None:
    """Store one complaint with its decision and first event; None when none may be stored.

    The caller holds `lock_in_submission`. With *keep_outside* (trusted channels) a point
    outside the city is kept for triage instead of being refused.
    """
    values = values_of(city_code, ticket, new)
    values |= {"actor": actor, "keep_outside": keep_outside}
    return connection.execute(statement("spatial", "assignment_store"), values).one_or_none()


def preview(connection: Connection, city_code: str, values: Mapping[str, Any]) -> Row[Any] | None:
    """What ``service`` at ``lon``, ``lat`` would be told; None for an unknown service.

    *values* also has ``accuracy_m`` (of the GPS fix) and ``within_m`` (how far around
    choices are looked for while boundaries are approximate).
    """
    return connection.execute(
        statement("spatial", "assignment_preview"), {"city_code": city_code, **values}
    ).one_or_none()


def outside(
    connection: Connection, city_code: str, lon: float, lat: float
) -> tuple[float, float] | None:
    """Metres and azimuth (degrees, from the city's edge) of a point outside it.

    None when the city has no boundaries yet.
    """
    row = connection.execute(
        statement("spatial", "assignment_outside"),
        {"city_code": city_code, "lon": lon, "lat": lat},
    ).one_or_none()
    return (row.distance_m, row.azimuth or 0.0) if row else None


class Mover(NamedTuple):
    """A complaint whose decision may be another.

    *code* and *public_code* are its new kelurahan and the one that the public is told, where
    both are plain; None where the whole decision has to be taken.
    """

    id: int
    code: str | None = None
    public_code: str | None = None


def movers(
    connection: Connection,
    city_code: str,
    staged: Sequence[int] = (),
    *,
    starts: datetime | None = None,
) -> list[Mover]:
    """The complaints, by id, whose decision may be another under these sets.

    Every complaint that moves is among them; some of them may stay. Reads only.

    Args:
        staged: Sets taken for those in force of their layers.
        starts: When a new set of kelurahan begins to hold; what was kept as the area of
            then is undone for complaints that came later.
    """
    _plan_for_bulk(connection)
    # what is kept between the steps of the reading, in memory instead of on disk
    connection.execute(text("SET LOCAL work_mem = '64MB'"))
    values = {"city_code": city_code, "staged": list(staged), "starts": starts}
    rows = connection.execute(statement("spatial", "assignment_movers"), values)
    found = [Mover(one, code, public_code) for code, public_code, ids in rows for one in ids]
    return sorted(found, key=itemgetter(0))


def decide(
    connection: Connection,
    city_code: str,
    activation_id: int,
    asked: Sequence[Mover],
    staged: Sequence[int] = (),
    *,
    starts: datetime | None = None,
) -> int:
    """Take the decision anew for these complaints and keep it as pending; how many move.

    Set-based, with the same verdict function as a single submission; where `movers` told the
    plain new kelurahan, only who acts there is looked up. Kept for those alone that it
    changes. The caller has removed what was pending for them.
    """
    _plan_for_bulk(connection)
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "staged": list(staged),
        "starts": starts,
    }
    plain = [one for one in asked if one.code is not None]
    odd = [one.id for one in asked if one.code is None]
    moving = 0
    if plain:
        told = {
            "ids": [one.id for one in plain],
            "codes": [one.code for one in plain],
            "public_codes": [one.public_code for one in plain],
        }
        kept = connection.execute(statement("spatial", "assignment_decide_plain"), values | told)
        moving += int(kept.scalar_one())
    if odd:
        kept = connection.execute(statement("spatial", "assignment_decide"), values | {"ids": odd})
        moving += int(kept.scalar_one())
    return moving


def apply(
    connection: Connection,
    city_code: str,
    activation_id: int,
    ids: Sequence[int],
    *,
    starts: datetime | None = None,
) -> int:
    """Bring what is pending to these complaints, which the caller has locked; how many moved.

    Left alone: those whose version isn't the one that was decided.
    """
    _plan_for_bulk(connection)
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "ids": list(ids),
        "first": min(ids, default=0),
        "last": max(ids, default=0),
        "starts": starts,
    }
    return int(connection.execute(statement("spatial", "assignment_apply"), values).one().moved)


def _plan_for_bulk(connection: Connection) -> None:
    """For this transaction: no parallel plan, which is several times slower for these joins.

    Parallel workers would share out the complaints of one polygon and index it each anew.
    """
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    connection.execute(text("SET LOCAL jit = off"))


def confirmable(connection: Connection, city_code: str, new: NewComplaint) -> bool:
    """Whether *new*'s confirmed kelurahan can be right for its position."""
    if new.position is None or new.confirmed_area is None:
        return False
    return bool(
        connection.execute(
            statement("spatial", "assignment_confirmable"),
            {
                "city_code": city_code,
                "lon": new.position.lon,
                "lat": new.position.lat,
                "accuracy_m": min(new.accuracy_m or 0.0, 5000.0),
                "confirmed_area": new.confirmed_area,
            },
        ).scalar_one_or_none()
    )
