"""What staff reads of complaints: the row in a queue, the whole case, an agency's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from geoapp.domain.complaint import Status
from geoapp.domain.reading import Place, PublicComplaint
from geoapp.domain.road import RoadFound
from geoapp.domain.work_filter import WorkCursor

SPLIT_REASON = "split:"
"""Begins the reason of a part's first decision, before the ticket it came from: words are
found where it is shown, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account, by number and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ActorTold:
    """Who did something: the label that history keeps, and who that is today.

    *name* and *role* are None for citizens, the system and accounts that are no more.
    """

    label: str
    name: str | None
    role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkComplaint(PublicComplaint):
    """One complaint as those see it who handle it; *position* is the true one.

    *deadline_state* is the resolution deadline's, as the database says it;
    *distance_m* is told where the list was asked from somewhere. *due_rank* is its place
    in the order by deadline (0 runs, 1 paused, 2 done). *authority_offer* is what became
    of the offer to pass it to the keeper of the road *road_code* (`road.Offer`).
    """

    version: int
    channel: str
    source: str | None
    external_id: str | None
    observed_at: datetime | None
    verify_due_at: datetime | None
    answer_due_at: datetime | None
    verified_at: datetime | None
    assigned_at: datetime | None
    first_response_at: datetime | None
    handled_at: datetime | None
    hold_since: datetime | None
    held_status: str | None
    updated_at: datetime
    accuracy_m: float | None
    service_area: Place | None
    assignment_method: str
    ambiguous: bool
    anonymous: bool
    confidential: bool
    officer: Person | None
    duplicate_of: str | None
    split_from: str | None
    reopenings: int
    road_code: str | None
    authority_offer: str | None
    deadline_state: str
    due_rank: int
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of the list; *next* is None on the last one."""

    complaints: tuple[WorkComplaint, ...]
    matched: int
    next: WorkCursor | None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened, with everything that was written down about it."""

    id: int
    kind: str
    status: str | None
    at: datetime
    actor: ActorTold
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One of a complaint's deadlines: verification, first answer or resolution.

    *state* is None where the service has none; *late* says whether what was done was
    done after it.
    """

    due_at: datetime | None
    done_at: datetime | None
    state: str | None

    @property
    def late(self) -> bool:
        """Whether it was met too late; False while it still runs."""
        return bool(self.due_at and self.done_at and self.done_at > self.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who must act and where it is, as it was decided once, and by which rule.

    *edge_distance_m* is from the point to the edge of the polygon that won; smaller than
    *accuracy_m* of the complaint, the neighbour may have been meant.
    """

    decided_at: datetime
    decided_by: ActorTold
    reason: str | None
    method: str
    ambiguous: bool
    kelurahan: Place | None
    set_version: str | None
    set_approximate: bool | None
    edge_distance_m: float | None
    alternatives: tuple[Place, ...]
    service_area: Place | None
    agency_code: str


@dataclass(frozen=True, slots=True)
class Relative:
    """Another complaint that this one belongs to."""

    ticket: str
    status: str
    submitted_at: datetime
    service_code: str
    agency_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about one complaint.

    *decisions* are newest first; *splits* were cut off this one. Relatives outside the
    reader's sight are left out. *road* is the one whose authority it was offered to.
    """

    complaint: WorkComplaint
    events: tuple[CaseEvent, ...]
    verify: Deadline
    answer: Deadline
    resolve: Deadline
    decisions: tuple[Decision, ...]
    duplicates: tuple[Relative, ...]
    splits: tuple[Relative, ...]
    road: RoadFound | None = None

    @property
    def pauses(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """When the clock stood still, from and to; the end is None while it still does."""
        return pauses(self.events)


def pauses(events: tuple[CaseEvent, ...]) -> tuple[tuple[datetime, datetime | None], ...]:
    """Spans on hold in a history, oldest first: from a hold to the next change of status."""
    changes = [event for event in events if event.status is not None]
    held = [
        (event.at, after.at)
        for event, after in pairwise(changes)
        if event.status == Status.ON_HOLD and after.status != Status.ON_HOLD
    ]
    if changes and changes[-1].status == Status.ON_HOLD:
        return (*held, (changes[-1].at, None))
    return tuple(held)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an agency, with what it was made of.

    *unit* is ``complaints``, ``hours`` or ``share`` (0 to 1); *value* is None where there
    is nothing to count, or half of them still wait.
    """

    code: str
    unit: str
    value: float | None
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class WholeAgency:
    """Everything an agency has, wherever it lies: covered only by grants without areas.

    An `access.Placed` for what isn't a complaint: figures, digests, texts.
    """

    agency_code: str
    kelurahan_code: None = None
    kecamatan_code: None = None
    service_area_code: None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text to answer with; without an agency it is for all of them."""

    id: int
    agency_code: str | None
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What an agency had to know on the morning of a day."""

    agency_code: str
    day: date
    made_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody a complaint can be given to, and the areas they work in; none is everywhere."""

    id: int
    name: str
    kelurahan: tuple[str, ...]
    kecamatan: tuple[str, ...]
    service_areas: tuple[str, ...]
