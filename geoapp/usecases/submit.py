"""A complaint comes in: stored once, decided at once, acknowledged only when it is safe."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from geoapp.domain import explanation_words
from geoapp.domain.access import Actor
from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.complaint import NewComplaint, new_ticket
from geoapp.domain.place import LonLat, compass
from geoapp.domain.reading import Place
from geoapp.errors import (
    FieldProblem,
    InvalidInput,
    KeyReused,
    NothingStored,
    OutsideCity,
    RateLimited,
)
from geoapp.spatial import assignment
from geoapp.store import intake
from geoapp.store.database import Database, Role

DOUBT_M = 300
"""How far around a point other kelurahan are offered while boundaries are approximate."""

NEAR_EDGE_M = 10
"""Closer to an edge than this, the kelurahan is asked for even with a perfect fix."""


Also = Callable[[Connection, Row[Any]], Mapping[str, Any] | None]
"""What else belongs to a submission: called with its transaction and the stored row.

What it returns joins the answer, which a repeated sending gets again.
"""


@dataclass(frozen=True, slots=True)
class Sending:
    """How often one body was sent: its Idempotency-Key and the hash of its bytes."""

    key: str
    body_sha256: str


def submit(
    database: Database,
    city: City,
    catalogue: Catalogue,
    new: NewComplaint,
    *,
    sending: Sending | None = None,
    by: Actor | None = None,
    trusted: bool = False,
    also: Also | None = None,
) -> dict[str, Any]:
    """Store *new* and say what became of it (JSON-able, no exact distances).

    With a *sending* seen before, nothing is stored and the first answer is given again.
    *by* enters it; without one a citizen sent it. With *trusted* channels a point outside
    the city is kept for triage. *also* runs in the same transaction, with the stored row,
    when something is stored.

    Raises:
        InvalidInput: the service is unknown, a place is missing, the kelurahan can't be.
        OutsideCity: a citizen's pin isn't in the city.
        KeyReused: the key came before with another body.
        NothingStored: the database stored nothing although it should have.
        DatabaseUnavailable: nothing is known to be stored; the same request may be sent again.
    """
    check(catalogue, new)
    for _attempt in range(3):
        ticket = new_ticket(city.ticket_prefix)
        try:
            return _store(database, city, catalogue, new, ticket, sending, by, trusted, also)
        except IntegrityError as problem:
            # A ticket drawn twice: once in some thousand years of a city. Draw again.
            if "complaint_city_code_ticket_key" not in str(problem.orig):
                raise
    raise NothingStored("No free ticket was found.", "Send the same request again.")


def check(catalogue: Catalogue, new: NewComplaint) -> None:
    """Stop what can't be decided at all.

    Raises:
        InvalidInput: the service is unknown, or a place is missing.
    """
    service = catalogue.services.get(new.service)
    if service is None:
        raise InvalidInput(
            f"There is no service {new.service!r}.",
            "GET /api/v1/services lists them.",
            [FieldProblem("service", "is not in the catalogue", new.service)],
        )
    if new.position is None and new.named_area is None and service.needs_place:
        raise InvalidInput(
            "This service needs a place.",
            "Send lon and lat, or the code of a kelurahan.",
            [FieldProblem("lon", "is missing"), FieldProblem("lat", "is missing")],
        )


def _store(
    database: Database,
    city: City,
    catalogue: Catalogue,
    new: NewComplaint,
    ticket: str,
    sending: Sending | None,
    by: Actor | None,
    trusted: bool,
    also: Also | None,
) -> dict[str, Any]:
    account = by.account_id if by else None
    with database.transaction(Role.INTAKE, city.code, ticket=ticket, account=account) as connection:
        # The lock travels with the transaction's settings, still a statement of its own.
        assignment.lock_in_submission(connection, city.code)
        if sending is not None:
            held = intake.claim_key(connection, city.code, sending.key)
            if held is not None:
                if held.body_sha256 != sending.body_sha256:
                    raise KeyReused(
                        "This Idempotency-Key was used before with another body.",
                        "Draw a new key for a new complaint.",
                        [FieldProblem("Idempotency-Key", "was used before", sending.key)],
                    )
                return held.answer
        if new.confirmed_area is not None and not assignment.confirmable(
            connection, city.code, new
        ):
            raise InvalidInput(
                "The kelurahan doesn't fit the position.",
                "Send one of the choices that /api/v1/locate offers, or none.",
                [FieldProblem("kelurahan", "isn't near the position", new.confirmed_area)],
            )
        row = assignment.store(
            connection,
            city.code,
            ticket,
            new,
            actor=by.label if by else "citizen",
            keep_outside=trusted,
        )
        if row is None:
            _explain_refusal(connection, city, new)
            raise NothingStored("The complaint wasn't stored.", "Send the same request again.")
        told = also(connection, row) if also is not None else None
        agency = catalogue.agencies.get(row.agency_code)
        answer: dict[str, Any] = {
            "ticket": row.ticket,
            "kelurahan": _named(row.kelurahan_code, row.kelurahan_name),
            "kecamatan": _named(row.kecamatan_code, row.kecamatan_name),
            "agency": {
                "code": row.agency_code,
                "name": agency.display if agency else row.agency_code,
            },
            "assignment": {
                "method": row.method,
                "ambiguous": row.ambiguous,
                "boundary": boundary_kind(row.approximate),
            },
            "submitted_at": row.submitted_at.isoformat(),
            "due_at": row.due_at.isoformat(),
            "status": row.status,
        } | dict(told or {})
        if sending is not None:
            intake.keep_answer(connection, city.code, sending.key, sending.body_sha256, answer)
    return answer


def preview(
    database: Database,
    city: City,
    catalogue: Catalogue,
    service: str,
    position: LonLat,
    accuracy_m: float,
) -> dict[str, Any]:
    """What a pin would be told before it is sent: where, who, by when, and what is in doubt.

    Raises:
        InvalidInput: the service is unknown.
        OutsideCity: the point isn't in the city.
    """
    with database.transaction(Role.VISITOR, city.code) as connection:
        row = assignment.preview(
            connection,
            city.code,
            {
                "service": service,
                "lon": position.lon,
                "lat": position.lat,
                # a fix worse than this tells nothing about neighbours
                "accuracy_m": min(accuracy_m, 500.0),
                "within_m": DOUBT_M,
            },
        )
        if row is None:
            check(catalogue, NewComplaint(service=service, position=position))
            raise NothingStored("The place wasn't found.", "Ask again.")
        if row.method == "outside":
            raise outside(connection, city, position)
    agency = catalogue.agencies.get(row.agency_code)
    reason = None
    if row.approximate:
        reason = "approximate"
    elif row.ambiguous:
        reason = "ambiguous"
    elif row.edge_distance_m < max(accuracy_m, NEAR_EDGE_M) and len(row.choices) > 1:
        reason = "near_edge"
    return {
        "kelurahan": _named(row.kelurahan_code, row.kelurahan_name),
        "kecamatan": _named(row.kecamatan_code, row.kecamatan_name),
        "agency": {"code": row.agency_code, "name": agency.display if agency else row.agency_code},
        "target": {"clock": row.clock, "amount": row.target},
        "due_at": row.due_at.isoformat(),
        "assignment": {
            "method": row.method,
            "ambiguous": row.ambiguous,
            "boundary": boundary_kind(row.approximate),
        },
        "confirm": _confirm(row, reason, accuracy_m),
    }


def _confirm(row: Row[Any], reason: str | None, accuracy_m: float) -> dict[str, Any]:
    """What to ask the citizen, and why; without a reason nothing.

    The kelurahan that would be taken comes first, then the others by their distance.
    """
    choices = row.choices[:6] if reason else []
    choices.sort(key=lambda choice: choice["code"] != row.kelurahan_code)
    near_edge = reason == "near_edge"
    # rough boundaries leave many: then the first is asked for, and the others are offered
    asked = choices[:3] if reason != "approximate" or len(choices) <= 3 else []
    return {
        "needed": reason is not None,
        "reason": reason,
        "choices": choices,
        "question": explanation_words.question(
            [Place(choice["code"], choice["name"]) for choice in asked]
        ),
        "why": explanation_words.edge_against_accuracy(accuracy_m, row.edge_distance_m)
        if near_edge
        else None,
    }


def count_sender(
    database: Database,
    city: City,
    secret: str,
    sender: str,
    sending: Sending | None = None,
    *,
    limit: int,
    window_s: int,
) -> None:
    """Count a submission of *sender* (an address, kept only as a keyed hash).

    A *sending* that was answered before costs nothing: its sender may not have got the
    answer, and is told it again.

    Raises:
        RateLimited: it's one too many; the count is shared by all web workers.
    """
    if limit == 0:
        return
    digest = hmac.new(secret.encode(), sender.encode(), hashlib.sha256).hexdigest()[:32]
    hits, seconds_left = intake.count_submission(
        database,
        city.code,
        digest,
        window_s,
        key=sending.key if sending else None,
        body_sha256=sending.body_sha256 if sending else None,
    )
    if hits > limit:
        raise RateLimited(
            "Too many reports in a short time.",
            f"Try again in {max(1, seconds_left)} seconds.",
            retry_after_s=max(1, seconds_left),
        )


def boundary_kind(approximate: bool | None) -> str:
    """How far the boundaries can be trusted, as public answers say it."""
    return "approximate" if approximate else "official"


def _named(code: str | None, name: str | None) -> dict[str, str] | None:
    return {"code": code, "name": name or code} if code else None


def _explain_refusal(connection: Connection, city: City, new: NewComplaint) -> None:
    """Say why the statement stored nothing; returns when there is no good reason."""
    if new.position is not None:
        raise outside(connection, city, new.position)
    if new.named_area is not None:
        raise InvalidInput(
            f"There is no kelurahan {new.named_area!r}.",
            "GET /api/v1/areas lists them.",
            [FieldProblem("kelurahan", "is not in force", new.named_area)],
        )


def outside(connection: Connection, city: City, position: LonLat) -> OutsideCity:
    """What is said of a point outside: how far from the city, and in which direction."""
    found = assignment.outside(connection, city.code, position.lon, position.lat)
    distance_m, azimuth = found or (0.0, 0.0)
    direction = compass(azimuth)
    return OutsideCity(
        f"The point lies outside {city.name.local}, {distance_m / 1000:.1f} km {direction}.",
        "Move the pin into the city.",
        distance_m=round(distance_m),
        direction=direction,
        city=city.name.local,
    )
