"""Staff take steps with complaints: one at a time, or many, each for itself.

A step is a transaction: the row is locked, compared with what the actor saw, planned
(`geoapp.domain.workflow_plan`), written with its history. Row-level security decides what
can be locked at all; the plan asks the same of the actor's grants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.casework import SPLIT_REASON
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import Status, new_ticket
from geoapp.domain.workflow import STEPS, Standing, Step
from geoapp.domain.workflow_plan import plan
from geoapp.domain.workflow_terms import PHOTOS_WITH, Around, Clock, NewEvent, Plan, StepRequest
from geoapp.errors import (
    ChangedMeanwhile,
    DatabaseUnavailable,
    FieldProblem,
    GeoappError,
    InvalidInput,
    NotFound,
    NothingStored,
)
from geoapp.spatial import assignment
from geoapp.store import casework, supporters
from geoapp.store.casework import LastEvent, Moved
from geoapp.store.database import Database, Role
from geoapp.usecases import photos

MOST_AT_ONCE = 200
"""Complaints of one bulk request."""

JUNK = {
    "id": "Ini bukan pengaduan yang dapat ditindaklanjuti.",
    "en": "This isn't a complaint that anybody could act on.",
}
"""The public reason of junk that came without one, by the city's language."""

_DONE = {
    "submitted": "sent it",
    "answer": "answered it",
    "note": "wrote a note",
    "assignment": "gave it to another agency",
    "flag": "changed who may see it",
    "retraction": "made it confidential",
    "reply": "replied",
    "officer": "changed who works on it",
    "deadline": "resumed it",
    "merged": "merged it",
    "unmerged": "took it out of another",
    "split": "split it",
    "authority": "kept it with the city",
}


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step led to. *other* is the ticket of the half that was split off."""

    ticket: str
    version: int
    status: Status
    event_ids: tuple[int, ...]
    other: str | None = None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one complaint of many: a *result* or the *error* that kept it as it was."""

    ticket: str
    result: StepResult | None
    error: GeoappError | None


def act(
    database: Database, city: City, actor: Actor, ticket: str, request: StepRequest
) -> StepResult:
    """Take the step that *request* asks for with the complaint *ticket*.

    Raises:
        NotFound: there is no such complaint in the actor's sight.
        Forbidden: the actor may not take the step.
        ChangedMeanwhile: somebody acted since the version in *request*; says who and what.
        StepRefused: how the complaint stands doesn't allow it.
        InvalidInput: what came with the step can't be used.
        DatabaseUnavailable: nothing is known to be stored.
    """
    if request.step is Step.REJECT and request.klass == "junk" and not request.reason:
        request = replace(request, reason=JUNK.get(city.locale, JUNK["en"]))
    for _attempt in range(3):
        try:
            with database.transaction(
                Role.STAFF, city.code, account=actor.account_id
            ) as connection:
                return _act(connection, city, actor, ticket, request)
        except IntegrityError as problem:
            # A split's ticket drawn twice, once in thousands of years. Draw again.
            if "complaint_city_code_ticket_key" not in str(problem.orig):
                raise
    raise NothingStored("No free ticket was found.", "Send the same request again.")


def act_on_many(
    database: Database,
    city: City,
    actor: Actor,
    seen: Sequence[tuple[str, int]],
    request: StepRequest,
) -> list[BulkResult]:
    """Take one step with many complaints (*seen*: ticket and version), each for itself.

    Raises:
        InvalidInput: they are more than `MOST_AT_ONCE`, or one is named twice.
        DatabaseUnavailable: it went away before the first.
    """
    if not 0 < len(seen) <= MOST_AT_ONCE or len({ticket for ticket, _ in seen}) < len(seen):
        fault = f"1 to {MOST_AT_ONCE} different tickets wanted"
        raise InvalidInput(
            f"So many complaints can't be moved at once: {len(seen)}.",
            f"Send {fault}.",
            [FieldProblem("complaints", fault, len(seen))],
        )
    results: list[BulkResult] = []
    for ticket, version in seen:
        asked = replace(request, version=version)
        try:
            results.append(BulkResult(ticket, act(database, city, actor, ticket, asked), None))
        except DatabaseUnavailable as problem:
            if not results:
                raise
            results.append(BulkResult(ticket, None, problem))
        except GeoappError as problem:
            results.append(BulkResult(ticket, None, problem))
    return results


def _act(
    connection: Connection, city: City, actor: Actor, ticket: str, request: StepRequest
) -> StepResult:
    if request.step is Step.SPLIT:
        assignment.lock_in_submission(connection, city.code)
    wanted = [ticket, request.lead] if request.step is Step.MERGE else [ticket]
    locked = casework.lock(connection, city.code, wanted)
    standing = locked.get(ticket)
    if standing is None:
        raise _out_of_reach(connection, city, actor, ticket, request)
    around, last = casework.around(
        connection,
        city.code,
        standing,
        officer=request.officer,
        lead=locked.get(request.lead) if request.step is Step.MERGE else None,
    )
    if request.version != standing.version:
        raise _changed(city, standing, last)
    made = plan(actor, standing, request, around)
    return _carry_out(connection, city, actor, standing, request, around, made)


def _carry_out(
    connection: Connection,
    city: City,
    actor: Actor,
    standing: Standing,
    request: StepRequest,
    around: Around,
    made: Plan,
) -> StepResult:
    now = around.now
    other = None
    moved = casework.move(
        connection,
        city.code,
        standing,
        made.after,
        now=now,
        clock=made.clock,
        stays=not made.agency,
    )
    events = [(standing.id, standing.ticket, event) for event in _told(made, moved, now)]
    if request.step is Step.SPLIT:
        other, stored = _split(connection, city, actor, standing, request)
        events += stored
    if around.lead is not None:
        merged = NewEvent("merged", None, {"other": standing.ticket})
        events.append((around.lead.id, around.lead.ticket, merged))
    ids = casework.tell(connection, city.code, events, actor=actor.label)
    if request.photos:
        kinds = [event.kind for _, _, event in events]
        event = ids[kinds.index(PHOTOS_WITH[request.step])]
        photos.attach_to_step(connection, city.code, standing.ticket, request.photos, event)
    if around.lead is not None:
        casework.bring_followers(
            connection, city.code, standing, around.lead, actor=actor.label, now=now
        )
    _count_supporters(connection, city, actor, standing, around)
    if made.agency:
        casework.decide(
            connection,
            city.code,
            standing.id,
            agency=made.agency,
            method="manual",
            actor=actor.label,
            reason=request.reason,
        )
        # Last: from here on the actor may not see it any more.
        casework.hand_over(connection, city.code, standing, agency=made.agency)
    return StepResult(standing.ticket, made.after.version, made.after.status, tuple(ids), other)


def _count_supporters(
    connection: Connection, city: City, actor: Actor, standing: Standing, around: Around
) -> None:
    """Count anew who supports a complaint when what belongs to it changed; open maps hear it.

    That somebody is merged, taken out, or turns confidential changes the figure of the lead;
    a figure that stays is no event, or something confidential would show.
    """
    lead = around.lead
    if lead is not None:
        supporters.count(connection, city.code, standing.id)  # what it led belongs to the lead
        number, ticket = lead.id, lead.ticket
    elif standing.duplicate_of is not None:
        number, ticket = standing.duplicate_of, str(around.before_merge.get("lead", ""))
    else:
        return
    if supporters.count(connection, city.code, number) and ticket:
        event = (number, ticket, NewEvent("support", None))
        casework.tell(connection, city.code, [event], actor=actor.label)


def _told(made: Plan, moved: Moved, now: datetime) -> list[NewEvent]:
    """The plan's events, with what the database made of the deadlines."""
    due = {
        name: moment.isoformat()
        for name, moment in zip(("due_at_before", "due_at_after"), moved.due, strict=True)
    }
    for name, (before, after) in (("verify_due_at", moved.verify), ("answer_due_at", moved.answer)):
        if before is not None and after is not None and before != after:
            due[f"{name}_before"] = before.isoformat()
            due[f"{name}_after"] = after.isoformat()
    if made.clock is Clock.RESTART:
        return [
            replace(event, data={**event.data, **due}) if event.status else event
            for event in made.events
        ]
    if made.clock is Clock.RESUME and moved.hold_since is not None:
        told: dict[str, Any] = {"from": moved.hold_since.isoformat(), "to": now.isoformat()} | due
        return [*made.events, NewEvent("deadline", None, told)]
    return list(made.events)


def _split(
    connection: Connection,
    city: City,
    actor: Actor,
    standing: Standing,
    request: StepRequest,
) -> tuple[str, list[tuple[int, str, NewEvent]]]:
    """Store the other half with its decision; its ticket, and the events of both."""
    ticket = new_ticket(city.ticket_prefix)
    row = casework.split(
        connection,
        city.code,
        standing,
        ticket=ticket,
        service=request.service,
        description=request.text,
    )
    if row is None:
        raise InvalidInput(
            "The part can't be about this service.",
            "Choose one of GET /api/v1/services that fits the place.",
            [FieldProblem("service", "is unknown, or needs a place", request.service)],
        )
    casework.decide(
        connection,
        city.code,
        row.id,
        agency=row.agency_code,
        method=row.method,
        actor=actor.label,
        reason=f"{SPLIT_REASON}{standing.ticket}",
        like=standing.id,
    )
    return ticket, [
        (row.id, ticket, NewEvent("submitted", Status.SUBMITTED)),
        (row.id, ticket, NewEvent("split", None, {"other": standing.ticket})),
        (standing.id, standing.ticket, NewEvent("split", None, {"other": ticket})),
    ]


def _out_of_reach(
    connection: Connection, city: City, actor: Actor, ticket: str, request: StepRequest
) -> GeoappError:
    """Why nothing could be locked: it can be read but not moved, or it isn't there at all."""
    standing = casework.see(connection, city.code, ticket)
    if standing is not None:
        ways = STEPS[request.step].ways
        require(actor, ways[0].permission, standing)
        require(actor, Permission.WORK, standing)  # a grant revoked this very moment
    return NotFound(
        f"There is no complaint {ticket!r} in your sight.",
        "Check the ticket; it may lie with another agency or outside your areas.",
    )


def _changed(city: City, standing: Standing, last: LastEvent | None) -> ChangedMeanwhile:
    if last is None:
        return ChangedMeanwhile("Somebody changed it meanwhile.", "Look at it again.")
    who = last.name or {"citizen": "The reporter"}.get(last.actor, "The system")
    at = last.at.astimezone(ZoneInfo(city.timezone))
    what = _DONE.get(last.kind, "changed it")
    if last.kind == "status" and last.status is not None:
        what = {
            "on_hold": "put it on hold",
            "in_progress": "started it",
        }.get(last.status, f"made it {last.status.replace('_', ' ')}")
    return ChangedMeanwhile(
        f"{who} {what} at {at:%H.%M}; it is {standing.status.value.replace('_', ' ')} now.",
        "Look at it again, then decide.",
    )
