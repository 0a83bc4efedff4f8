"""Storing many complaints at once, each decided as if it had come alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from geoapp.domain.complaint import NewComplaint, new_ticket
from geoapp.domain.history import Step, milestones
from geoapp.errors import StoreError
from geoapp.spatial.assignment import values_of
from geoapp.store.statements import statement

BATCH = 500
"""Rows per transaction: 0.1 s on plain polygons, 0.5 s on a coast of 8,000 vertices."""

_ROUNDS = 6


class Outcome(StrEnum):
    """What became of one row of a batch; see ``assignment_store_many.sql``."""

    STORED = "stored"
    KNOWN = "known"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_AREA = "unknown_area"
    OUTSIDE = "outside"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint with its history so far: at least the step of its submission."""

    new: NewComplaint
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of one row; the ticket only of a row that was stored now."""

    outcome: Outcome
    ticket: str | None


def store_many(
    connection: Connection,
    city_code: str,
    ticket_prefix: str,
    batch: Sequence[Filed],
    *,
    actor: str,
    keep_outside: bool,
) -> list[Answer]:
    """Store a batch with decisions and histories; one answer per row, in order.

    The caller holds `assignment.lock_in_submission` and keeps batches at `BATCH` rows.
    Rows with a source and external id that are there already are left alone. With
    *keep_outside* (trusted channels) points outside the city are kept for triage.

    Raises:
        StoreError: rows could be neither stored nor explained.
    """
    # A parallel plan or its compilation costs more than this whole statement.
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    connection.execute(text("SET LOCAL jit = off"))
    answers: dict[int, Answer] = {}
    waiting = dict(enumerate(batch))
    for _ in range(_ROUNDS):
        if not waiting:
            break
        rows = [
            _row(n, city_code, ticket, waiting[n])
            for n, ticket in zip(waiting, _tickets(ticket_prefix, len(waiting)), strict=True)
        ]
        for answer in connection.execute(
            statement("spatial", "assignment_store_many"),
            {
                "rows": json.dumps(rows),
                "city_code": city_code,
                "actor": actor,
                "keep_outside": keep_outside,
            },
        ):
            outcome = Outcome(answer.outcome)
            # A ticket in use gets another; an external id given twice in one batch is
            # known by the next round.
            if outcome is not Outcome.TAKEN:
                del waiting[answer.n]
                stored = outcome is Outcome.STORED
                answers[answer.n] = Answer(outcome, answer.ticket if stored else None)
    if waiting:
        raise StoreError(
            f"{len(waiting)} complaints of a batch could not be stored.",
            "Send the batch again; what is stored already stays stored once.",
        )
    return [answers[n] for n in range(len(batch))]


def _tickets(prefix: str, number: int) -> list[str]:
    """So many different tickets: within a batch a row is told by its ticket.

    Not idle caution: a thousand draws of 3.4 thousand million meet each other in one
    batch of 7,000, which the first import of Boston's 121 batches did.
    """
    tickets: dict[str, None] = {}
    while len(tickets) < number:
        tickets[new_ticket(prefix)] = None
    return list(tickets)


def _row(n: int, city_code: str, ticket: str, filed: Filed) -> dict[str, Any]:
    """The JSON object of one row; moments in ISO 8601."""
    new = filed.new
    if new.position is None and new.named_area is None:
        new = replace(new, confirmed_area=None)
    values = values_of(city_code, ticket, new)
    del values["city_code"]
    values |= asdict(milestones(filed.steps)) | {
        "n": n,
        "first_response_at": new.first_response_at,
        "resolved_at": new.resolved_at,
        "closed_at": new.closed_at,
        "steps": [{"status": step.status.value, "at": _iso(step.at)} for step in filed.steps],
    }
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
