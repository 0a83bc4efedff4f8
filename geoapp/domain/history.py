"""What happened to a complaint before it came to us, told as steps of its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geoapp.domain.complaint import NewComplaint, Status


@dataclass(frozen=True, slots=True)
class Step:
    """A complaint took *status* at a moment; None: when it was submitted or stored.

    Not *told*: the record says that it stands there, but not since when; *at* is then the
    moment of the step before, which only keeps the order.
    """

    status: Status
    at: datetime | None
    told: bool = True


@dataclass(frozen=True, slots=True)
class Milestones:
    """What a history says of the work on a complaint; None where it says nothing."""

    verified_at: datetime | None
    assigned_at: datetime | None
    handled_at: datetime | None
    hold_since: datetime | None
    held_status: Status | None
    reopenings: int


def told_by(new: NewComplaint) -> tuple[Step, ...]:
    """The history that a record's own timestamps tell, oldest first.

    Other systems hand over a status and two or three moments, not a history. Each moment
    becomes the step it stands for; nothing is invented between them. The last step always
    carries the record's status. A moment before its predecessor (clocks of several
    systems) is moved up to it, so that a history never runs backwards.

    >>> [step.status.value for step in told_by(NewComplaint(service="pothole"))]
    ['submitted']
    """
    told = [
        (Status.IN_PROGRESS, new.first_response_at),
        (Status.RESOLVED, new.resolved_at),
        (Status.CLOSED, new.closed_at),
    ]
    steps = [Step(Status.SUBMITTED, new.submitted_at)]
    latest = new.submitted_at
    for status, at in sorted(
        ((status, at) for status, at in told if at is not None), key=lambda pair: pair[1]
    ):
        latest = at if latest is None else max(latest, at)
        steps.append(Step(status, latest))
    if steps[-1].status is not new.status:
        steps.append(Step(new.status, latest, told=False))
    return tuple(steps)


_WORK = (Status.ASSIGNED, Status.IN_PROGRESS)
"""Nobody works on what wasn't verified and assigned."""


def milestones(steps: Sequence[Step]) -> Milestones:
    """When a complaint with this history was verified, assigned, handled, put on hold.

    Each by the first step that says or presupposes it. Handled is what was resolved:
    whether an earlier answer was more than words isn't told by a status.

    >>> milestones(told_by(NewComplaint(service="pothole", status=Status.RESOLVED))).handled_at
    """

    def first(*statuses: Status) -> datetime | None:
        return next((step.at for step in steps if step.told and step.status in statuses), None)

    on_hold = steps[-1].status is Status.ON_HOLD
    return Milestones(
        verified_at=first(Status.VERIFIED, *_WORK),
        assigned_at=first(*_WORK),
        handled_at=first(Status.RESOLVED),
        hold_since=steps[-1].at if on_hold and steps[-1].told else None,
        held_status=steps[-2].status if on_hold and len(steps) > 1 else None,
        reopenings=sum(step.status is Status.REOPENED for step in steps),
    )
