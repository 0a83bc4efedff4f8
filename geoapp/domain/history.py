"""What happened to a complaint before it came to us, told as steps of its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geoapp.domain.complaint import NewComplaint, Status


@dataclass(frozen=True, slots=True)
class Step:
    """A complaint took *status* at a moment; None: when it was submitted or stored."""

    status: Status
    at: datetime | None


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
        steps.append(Step(new.status, latest))
    return tuple(steps)
