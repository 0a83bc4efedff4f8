"""Putting a boundary set in force: its states, what it would move, what its codes become.

A set that comes into force may lack codes that grants and service areas name. Whoever puts
it in force says what each becomes (`Mapped`): merged into another, split into several, or
dropped. Nothing here knows a database; times are aware, days are the city's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geoapp.errors import FieldProblem, InvalidInput


class ActivationState(StrEnum):
    """How far an activation has come. `OPEN` ones are still under way, one per city."""

    DECIDING = "deciding"
    DECIDED = "decided"
    SWITCHED = "switched"
    DONE = "done"
    UNDONE = "undone"


OPEN = frozenset({ActivationState.DECIDING, ActivationState.DECIDED, ActivationState.SWITCHED})
"""States of an activation that is under way."""


class How(StrEnum):
    """What becomes of a code that the new set lacks."""

    MERGED = "merged"
    SPLIT = "split"
    DROPPED = "dropped"


class NamedKind(StrEnum):
    """What may name the code of an area."""

    GRANT = "grant"
    SERVICE_AREA = "service_area"
    SAVED_FILTER = "saved_filter"
    """Told by whose it is: what somebody keeps for themselves has its name from them."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a code becomes: the new codes in its stead, none when it is dropped."""

    how: How
    into: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form, as `read_mapping` takes it."""
        return {"how": self.how.value, "into": list(self.into)}


CodeMapping = Mapping[str, Mapped]
"""Retired code → what it becomes."""


@dataclass(frozen=True, slots=True)
class NamedBy:
    """Who or what names a code: somebody's grant or kept filter, a service area; its id or code."""

    kind: NamedKind
    who: str
    id: str


@dataclass(frozen=True, slots=True)
class RetiringCode:
    """A code that is named somewhere and that the new set lacks.

    Attributes:
        level: ``kelurahan``, ``kecamatan`` or ``service_area``.
        name: What the set in force calls it; the code itself where it doesn't know it.
        shares: New code → share (0 to 1) of the old area that it takes over; empty where
            the old one has no polygon.
        suggestion: What the shares say; for a person to confirm.
    """

    code: str
    name: str
    level: str
    named_by: tuple[NamedBy, ...]
    shares: dict[str, float] = field(default_factory=dict)
    suggestion: Mapped = Mapped(How.DROPPED)

    @property
    def binds(self) -> bool:
        """Whether somebody reaches or acts somewhere by it; a filter only asks."""
        return any(named.kind is not NamedKind.SAVED_FILTER for named in self.named_by)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return {
            "code": self.code,
            "name": self.name,
            "level": self.level,
            "named_by": [
                {"kind": named.kind.value, "who": named.who, "id": named.id}
                for named in self.named_by
            ],
            "shares": self.shares,
            "suggestion": self.suggestion.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """Ground that a code loses to another one: its share (0 to 1) of the old area."""

    code: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class ShrinkingCode:
    """A kelurahan that is named somewhere and loses ground to codes that aren't named there.

    Attributes:
        name: What the set in force calls it.
        named_by: Who reaches it today, by its own code or by its kecamatan.
        to: Who gets the ground that these won't reach any more, the largest share first.
    """

    code: str
    name: str
    named_by: tuple[NamedBy, ...]
    to: tuple[Loss, ...]

    @property
    def share(self) -> float:
        """How much of the old area is lost, of 1."""
        return sum(loss.share for loss in self.to)


@dataclass(frozen=True, slots=True)
class AreaMove:
    """How many complaints go from one kelurahan to another; code None: in no area."""

    from_code: str | None
    from_name: str | None
    to_code: str | None
    to_name: str | None
    count: int


@dataclass(frozen=True, slots=True)
class AgencyMove:
    """How many complaints go from one agency to another."""

    from_code: str
    to_code: str
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an activation would change, or is changing.

    Attributes:
        complaints: How many the city has.
        looked_at: Those whose decision was taken anew; the others are proven to stay.
        moving: Of these, those that get another kelurahan, agency or service area.
        from_to, agencies: The same complaints counted by where they go; largest first.
        outside: Moving complaints that will lie in no area.
        newly_ambiguous: Complaints that two areas will claim, and didn't before.
        offered: Complaints that will wait for an operator to pass them to their road's
            authority, and don't before.
        points: FeatureCollection (EPSG:4326) of the moving complaints' true positions, for
            those who administer: points with ``ticket``, ``from``, ``to``, or, beyond
            5,000, cells of about 100 m (points at their middle) with ``count``.
    """

    activation_id: int
    state: ActivationState
    complaints: int
    looked_at: int
    moving: int
    from_to: tuple[AreaMove, ...]
    agencies: tuple[AgencyMove, ...]
    outside: int
    newly_ambiguous: int
    offered: int
    points: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Activation:
    """One run of putting a set in force; without a set: everything decided anew.

    Attributes:
        waiting: Complaints that have to be looked at before the switch.
        looked_at: Of these, those looked at so far.
        moving: Complaints that change; afterwards *moved* counts up to it.
        wanted: Somebody asked the worker to carry it out.
        problem: Why it stands still, in words for people.
    """

    id: int
    set_id: int | None
    layer: str | None
    version: str | None
    companion_set: int | None
    valid_from: date | None
    mapping: dict[str, Mapped]
    state: ActivationState
    waiting: int
    looked_at: int
    moving: int
    moved: int
    wanted: bool
    problem: str | None
    started_by: str
    started_at: datetime
    decided_at: datetime | None
    switched_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still under way."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Counts after a set was put in force.

    *looked_at* are the complaints whose decision was taken anew; all others of the city
    were proven to stay where they are; *nowhere* lie in no area in force now.
    """

    looked_at: int
    moved: int
    nowhere: int
    activation_id: int = 0


def read_mapping(raw: Any) -> dict[str, Mapped]:
    """A mapping as it is written in JSON: ``{"15.71.02.1001": {"how": …, "into": […]}}``.

    Raises:
        InvalidInput: names every entry that can't be read.
    """
    if not isinstance(raw, dict):
        raise InvalidInput(
            "A mapping is a JSON object from retired codes to what they become.",
            'Write {"15.71.02.1001": {"how": "merged", "into": ["15.71.02.1002"]}}.',
            [FieldProblem("mapping", "is no object")],
        )
    problems, mapping = [], {}
    for code, entry in raw.items():
        try:
            how = How(entry["how"])
            into = _texts(entry.get("into") or [])
        except (AttributeError, KeyError, TypeError, ValueError):
            problems.append(FieldProblem(str(code), "needs how (merged, split, dropped) and into"))
            continue
        mapping[str(code)] = Mapped(how, tuple(dict.fromkeys(into)))
        problems += [
            FieldProblem(str(code), wrong, ", ".join(into))
            for wrong in _miscounted(mapping[str(code)])
        ]
    _refuse(problems)
    return mapping


def check_mapping(
    retiring: Iterable[RetiringCode], mapping: CodeMapping, known: Mapping[str, Collection[str]]
) -> None:
    """Every retiring code is mapped, to codes that the new set has.

    Args:
        known: The new set's codes by level.

    Raises:
        InvalidInput: names every code without a mapping, and every unknown new code.
    """
    problems = []
    for code in retiring:
        mapped = mapping.get(code.code)
        if mapped is None:
            named = ", ".join(sorted({f"{by.kind.value} {by.who}" for by in code.named_by}))
            problems.append(FieldProblem(code.code, f"needs a mapping: named by {named}"))
            continue
        problems += [FieldProblem(code.code, wrong) for wrong in _miscounted(mapped)]
        problems += [
            FieldProblem(code.code, f"the new set has no {code.level} of this code", into)
            for into in mapped.into
            if into not in known.get(code.level, ())
        ]
    _refuse(problems)


def suggest(shares: Mapping[str, float], *, most: float = 0.95, some: float = 0.05) -> Mapped:
    """What the shares of an old area say became of it.

    One area has *most* of it: merged. Else split into those that have *some*; none: dropped.
    """
    ordered = sorted(shares, key=lambda code: (-shares[code], code))
    if ordered and shares[ordered[0]] >= most:
        return Mapped(How.MERGED, (ordered[0],))
    into = tuple(code for code in ordered if shares[code] >= some)
    if not into:
        return Mapped(How.DROPPED)
    return Mapped(How.MERGED if len(into) == 1 else How.SPLIT, into)


def _texts(raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise TypeError(raw)
    return raw


def _miscounted(mapped: Mapped) -> list[str]:
    count = len(mapped.into)
    if mapped.how is How.MERGED and count != 1:
        return ["merged into exactly one code"]
    if mapped.how is How.SPLIT and count < 2:
        return ["split into two codes or more"]
    if mapped.how is How.DROPPED and count:
        return ["dropped names no code"]
    return []


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise InvalidInput(
            "The mapping of retired codes isn't complete: "
            + "; ".join(f"{one.field} {one.message}" for one in problems),
            "Say for each code whether it was merged, split or dropped, and into which.",
            problems,
        )
