"""The terms in which a step is asked for and planned.

A plan is the complaint as it stands afterwards, the events that tell of it, and what only
the database can work out (deadlines, another agency).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoapp.domain.access import Actor
from geoapp.domain.complaint import Status
from geoapp.domain.workflow import Standing, Step


class Clock(StrEnum):
    """What a step does to the deadlines."""

    KEEP = "keep"
    RESUME = "resume"
    """Those that aren't met yet move by the pause that ends."""
    RESTART = "restart"
    """The resolution gets its full target from now, and so does what was never met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRequest:
    """A step somebody asks for, with the *version* of the complaint they saw.

    *klass* is ``class`` outside Python: of an answer or of a rejection. *photos* were sent before,
    and are given to what the step writes (`PHOTOS_WITH`).
    """

    step: Step
    version: int
    reason: str = ""
    text: str = ""
    agency: str = ""
    officer: int | None = None
    lead: str = ""
    service: str = ""
    authority: str = ""
    template: int | None = None
    klass: str = ""
    photos: tuple[UUID, ...] = ()


PHOTOS_WITH: dict[Step, str] = {
    Step.FINISH: "answer",
    Step.ANSWER: "answer",
    Step.CANNOT_DO: "officer",
    Step.NOTE: "note",
}
"""Steps that take photos, and the kind of the event beside which they are shown: what tells of
the step in words. With an answer they are as public as the complaint, else internal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else a plan has to know.

    Attributes:
        now: the moment of the step, by the database's clock.
        agencies: codes of those in force.
        templates: the agency's and everybody's, by id.
        officer: the account asked for, when there is such a one.
        lead: the complaint asked for, when it is in sight.
        before_merge: what the last *merged* event keeps of the time before.
    """

    now: datetime
    agencies: frozenset[str] = frozenset()
    templates: Mapping[int, str] = field(default_factory=dict)
    officer: Actor | None = None
    lead: Standing | None = None
    before_merge: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An entry of the history; *status* only where it changed."""

    kind: str
    status: Status | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A step worked out.

    Attributes:
        after: the complaint afterwards; deadlines and another agency aside.
        events: to be written, in this order.
        clock: what happens to the deadlines.
        agency: the agency it goes to; empty when it stays.
    """

    after: Standing
    events: tuple[NewEvent, ...]
    clock: Clock = Clock.KEEP
    agency: str = ""
