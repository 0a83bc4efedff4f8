"""What may be done with a complaint: the steps, from which status, by whom, with what.

`STEPS` is the one table; docs/workflow.md draws it, `geoapp.domain.workflow_plan` says
what each step changes. Who may act where is asked of `geoapp.domain.access`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geoapp.domain.access import Actor, Permission, may, require
from geoapp.domain.complaint import OPEN, Status
from geoapp.domain.road import Offer
from geoapp.errors import StepRefused


class Step(StrEnum):
    """Something that is done with a complaint."""

    VERIFY = "verify"
    ASSIGN = "assign"
    TAKE = "take"
    GIVE = "give"
    START = "start"
    FINISH = "finish"
    CANNOT_DO = "cannot_do"
    ANSWER = "answer"
    NOTE = "note"
    HOLD = "hold"
    RESUME = "resume"
    HAND_OVER = "hand_over"
    REJECT = "reject"
    OUT_OF_AUTHORITY = "out_of_authority"
    KEEP = "keep"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    REOPEN = "reopen"
    CLOSE = "close"
    CONFIDENTIAL = "confidential"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Way:
    """A permission, and the statuses from which it carries a step."""

    permission: Permission
    sources: frozenset[Status]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a step asks for.

    Attributes:
        verb: the step in words, after "can't be".
        ways: whoever has one of the permissions may take the step from that way's statuses.
        targets: statuses it leads to; none when the status stays.
        needs: fields that must come with it.
        optional: fields that may.
    """

    verb: str
    ways: tuple[Way, ...]
    targets: frozenset[Status] = frozenset()
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def sources(self) -> frozenset[Status]:
        """Statuses from which somebody may take the step."""
        return frozenset().union(*(way.sources for way in self.ways))


_EVERY = frozenset(Status)
_OPEN = frozenset(OPEN)


def _ways(sources: frozenset[Status], *permissions: Permission) -> tuple[Way, ...]:
    return tuple(Way(permission, sources) for permission in permissions)


def _in(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_S = Status
_AT_THE_AGENCY = _in(_S.ASSIGNED, _S.IN_PROGRESS, _S.REOPENED)
_UNTRIAGED = _in(_S.SUBMITTED, _S.VERIFIED, _S.REOPENED)

STEPS: dict[Step, Rule] = {
    Step.VERIFY: Rule(
        "verified",
        _ways(_in(_S.SUBMITTED, _S.REOPENED), Permission.TRIAGE),
        _in(_S.VERIFIED),
    ),
    Step.ASSIGN: Rule(
        "assigned",
        _ways(_UNTRIAGED, Permission.TRIAGE),
        _in(_S.ASSIGNED),
        optional=("agency", "reason"),
    ),
    Step.TAKE: Rule("taken", _ways(_in(_S.ASSIGNED, _S.REOPENED), Permission.WORK)),
    Step.GIVE: Rule(
        "given to somebody", _ways(_AT_THE_AGENCY, Permission.HANDLE), needs=("officer",)
    ),
    Step.START: Rule(
        "started",
        _ways(_in(_S.ASSIGNED, _S.REOPENED), Permission.WORK, Permission.HANDLE),
        _in(_S.IN_PROGRESS),
    ),
    Step.FINISH: Rule(
        "finished",
        _ways(_in(_S.ASSIGNED, _S.IN_PROGRESS), Permission.WORK, Permission.HANDLE),
        _in(_S.RESOLVED),
        needs=("text",),
        optional=("photos",),
    ),
    Step.CANNOT_DO: Rule(
        "given back",
        _ways(_in(_S.ASSIGNED, _S.IN_PROGRESS), Permission.WORK),
        _in(_S.ASSIGNED),
        needs=("reason",),
        optional=("photos",),
    ),
    Step.ANSWER: Rule(
        "answered",
        _ways(_EVERY - {_S.REJECTED, _S.DUPLICATE, _S.CLOSED}, Permission.HANDLE),
        needs=("text",),
        optional=("template", "class", "photos"),
    ),
    Step.NOTE: Rule(
        "noted on", _ways(_EVERY, Permission.NOTE), needs=("text",), optional=("photos",)
    ),
    Step.HOLD: Rule(
        "put on hold",
        (
            Way(Permission.TRIAGE, _OPEN - {_S.ON_HOLD}),
            Way(Permission.HANDLE, _OPEN - {_S.ON_HOLD, _S.SUBMITTED}),
        ),
        _in(_S.ON_HOLD),
        needs=("reason",),
    ),
    Step.RESUME: Rule(
        "resumed",
        _ways(_in(_S.ON_HOLD), Permission.TRIAGE, Permission.HANDLE),
        _OPEN - {_S.ON_HOLD},
    ),
    Step.HAND_OVER: Rule(
        "handed over",
        (Way(Permission.HANDLE, _AT_THE_AGENCY), Way(Permission.TRIAGE, _OPEN)),
        _in(_S.ASSIGNED),
        needs=("agency", "reason"),
    ),
    Step.REJECT: Rule(
        "rejected",
        _ways(_UNTRIAGED, Permission.TRIAGE),
        _in(_S.REJECTED),
        needs=("reason",),
        optional=("class",),
    ),
    Step.OUT_OF_AUTHORITY: Rule(
        "passed to another authority",
        (Way(Permission.TRIAGE, _OPEN), Way(Permission.HANDLE, _OPEN - {_S.SUBMITTED})),
        _in(_S.OUT_OF_AUTHORITY),
        needs=("reason", "authority"),
    ),
    Step.KEEP: Rule("kept", _ways(_OPEN, Permission.TRIAGE), optional=("reason",)),
    Step.MERGE: Rule(
        "merged into another",
        _ways(_OPEN, Permission.TRIAGE),
        _in(_S.DUPLICATE),
        needs=("lead",),
        optional=("reason",),
    ),
    Step.UNMERGE: Rule(
        "taken out of another",
        _ways(_in(_S.DUPLICATE), Permission.TRIAGE),
        _OPEN,
        needs=("reason",),
    ),
    Step.SPLIT: Rule("split", _ways(_OPEN, Permission.TRIAGE), needs=("service", "text")),
    Step.REOPEN: Rule(
        "reopened",
        _ways(_in(_S.RESOLVED, _S.CLOSED, _S.REJECTED, _S.OUT_OF_AUTHORITY), Permission.TRIAGE),
        _in(_S.REOPENED),
        needs=("reason",),
    ),
    Step.CLOSE: Rule(
        "closed", _ways(_in(_S.RESOLVED), Permission.TRIAGE), _in(_S.CLOSED), optional=("reason",)
    ),
    Step.CONFIDENTIAL: Rule(
        "made confidential", _ways(_EVERY, Permission.TRIAGE), needs=("reason",)
    ),
    Step.PUBLIC: Rule("made public", _ways(_EVERY, Permission.TRIAGE), needs=("reason",)),
}
"""Every step there is, in the order in which they are offered."""

NEXT: dict[Status, tuple[Step, ...]] = {
    _S.SUBMITTED: (Step.ASSIGN,),
    _S.VERIFIED: (Step.ASSIGN,),
    _S.ASSIGNED: (Step.START, Step.GIVE),
    _S.IN_PROGRESS: (Step.FINISH,),
    _S.ON_HOLD: (Step.RESUME,),
    _S.RESOLVED: (Step.CLOSE,),
    _S.REOPENED: (Step.START, Step.ASSIGN),
    _S.DUPLICATE: (Step.UNMERGE,),
}
"""What usually comes next; the first that the viewer may take is offered before all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a complaint stands: what decides over steps, and all that steps may change.

    Names are the columns'. It is an `access.Placed`, so grants can be compared with it.
    *duplicate_of* and *id* are the city's own numbers, never shown. *authority_offer* is what
    became of the offer to pass it to the keeper of the road at *road_code* (`road.Offer`).
    """

    id: int
    ticket: str
    status: Status
    version: int
    service_code: str
    agency_code: str
    kelurahan_code: str | None = None
    kecamatan_code: str | None = None
    service_area_code: str | None = None
    officer_id: int | None = None
    confidential: bool = False
    duplicate_of: int | None = None
    held_status: Status | None = None
    hold_since: datetime | None = None
    verified_at: datetime | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    handled_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopenings: int = 0
    road_code: str | None = None
    authority_offer: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A step somebody may take now.

    *needs* names the fields that must come with it (``reason``, ``text``, ``agency``,
    ``officer``, ``lead``, ``service``, ``authority``), *optional* those that may.
    *primary*: it is what usually comes next.
    """

    step: Step
    permission: Permission
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    primary: bool


_SAYS_NO: dict[Step, Callable[[Actor, Standing], tuple[str, str] | None]] = {
    Step.TAKE: lambda actor, standing: (
        ("It is yours already.", "Start it.") if standing.officer_id == actor.account_id else None
    ),
    Step.OUT_OF_AUTHORITY: lambda actor, standing: (
        # What an operator lets wait unverified is still the operators' to judge.
        ("It hasn't been verified yet.", "It can be once an operator has verified it.")
        if standing.held_status is _S.SUBMITTED and not may(actor, Permission.TRIAGE, standing)
        else None
    ),
    Step.KEEP: lambda _, standing: (
        None
        if standing.authority_offer == Offer.OPEN
        else ("Nobody else is offered it.", "It stays with the city as it is.")
    ),
    Step.CONFIDENTIAL: lambda _, standing: (
        ("It is confidential already.", "Nothing has to be done.")
        if standing.confidential
        else None
    ),
    Step.PUBLIC: lambda _, standing: (
        None if standing.confidential else ("It is public already.", "Nothing has to be done.")
    ),
}
"""What beside status and permission may speak against a step: message and remedy."""


def possible(actor: Actor, standing: Standing) -> tuple[Action, ...]:
    """The steps *actor* may take with this complaint as it stands.

    `check` lets through exactly these; what comes with a step (another agency, a lead) is
    judged when it is planned.
    """
    found: list[Action] = []
    for step, rule in STEPS.items():
        way = _way(actor, standing, rule)
        says_no = _SAYS_NO.get(step)
        if way is None or (says_no is not None and says_no(actor, standing)):
            continue
        found.append(Action(step, way.permission, rule.needs, rule.optional, primary=False))
    offered = {action.step for action in found}
    first = next((step for step in NEXT.get(standing.status, ()) if step in offered), None)
    return tuple(
        Action(action.step, action.permission, action.needs, action.optional, action.step is first)
        for action in found
    )


def check(actor: Actor, standing: Standing, step: Step) -> Permission:
    """Let *actor* take *step*; the permission that carries it.

    Raises:
        Forbidden: the actor's grants don't cover it.
        StepRefused: the complaint's status doesn't allow it; says from which it would.
    """
    rule = STEPS[step]
    way = _way(actor, standing, rule)
    if way is None:
        held = [one for one in rule.ways if may(actor, one.permission, standing)]
        if not held:
            somewhere = (one.permission for one in rule.ways if may(actor, one.permission))
            require(actor, next(somewhere, rule.ways[0].permission), standing)
        sources = frozenset().union(*(one.sources for one in held))
        named = ", ".join(in_words(status) for status in Status if status in sources)
        raise StepRefused(
            f"A complaint that is {in_words(standing.status)} can't be {rule.verb}.",
            f"It can be while it is {named}.",
        )
    says_no = _SAYS_NO.get(step)
    refusal = says_no(actor, standing) if says_no else None
    if refusal is not None:
        raise StepRefused(*refusal)
    return way.permission


def _way(actor: Actor, standing: Standing, rule: Rule) -> Way | None:
    return next(
        (
            way
            for way in rule.ways
            if standing.status in way.sources and may(actor, way.permission, standing)
        ),
        None,
    )


def in_words(status: Status) -> str:
    """A status inside an English sentence: ``in progress``."""
    return status.value.replace("_", " ")
