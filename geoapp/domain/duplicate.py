"""Complaints that are likely the same: pairs, and the groups in which somebody looks at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MOST_IN_A_GROUP = 4
"""The one that leads and those beside it: more can't be compared side by side."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two complaints and how alike they are.

    *words* is the share of what they say that both say, 0 to 1; *likeness* gathers distance,
    time, words and service, 0 to 1.
    """

    first_id: int
    second_id: int
    distance_m: float
    hours: float
    words: float
    same_service: bool
    likeness: float

    def other(self, one: int) -> int:
        """The one beside *one*."""
        return self.second_id if one == self.first_id else self.first_id


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs, the most alike first; *more*: there are others beyond these."""

    pairs: tuple[Pair, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The complaint that is proposed to lead, and those that would be merged into it."""

    lead: int
    others: tuple[Pair, ...]

    @property
    def members(self) -> tuple[int, ...]:
        """The lead first."""
        return (self.lead, *(pair.other(self.lead) for pair in self.others))


class Candidate(Protocol):
    """What decides who leads."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def confidential(self) -> bool:
        """Whether the public doesn't see it."""
        ...

    @property
    def supporters(self) -> int:
        """How many have the same problem."""
        ...

    @property
    def submitted_at(self) -> datetime:
        """When it came."""
        ...


def leads(one: Candidate, other: Candidate) -> int:
    """Which of two goes on: a public one, with more supporters, the older; its id.

    What is public never follows something confidential: its reporter would lose sight of it.
    """
    return min(
        (one, other),
        key=lambda each: (each.confidential, -each.supporters, each.submitted_at, each.id),
    ).id


def groups(pairs: Sequence[Pair], known: Mapping[int, Candidate]) -> list[Group]:
    """Pairs gathered around who leads, each complaint in one group at most, most alike first.

    From each pair on: those that are alike with all so far join, the best of them leads, and
    whoever else would follow that one joins too. A pair of which somebody isn't *known* is
    left out. What two groups would share comes again once the first is dealt with.
    """
    beside: dict[int, dict[int, Pair]] = {}
    for pair in pairs:
        if pair.first_id in known and pair.second_id in known:
            beside.setdefault(pair.first_id, {})[pair.second_id] = pair
            beside.setdefault(pair.second_id, {})[pair.first_id] = pair
    taken: set[int] = set()
    found: list[Group] = []
    for pair in pairs:
        seed = (pair.first_id, pair.second_id)
        if taken.intersection(seed) or pair.first_id not in beside.get(pair.second_id, ()):
            continue
        alike = list(seed)
        for one in beside[pair.first_id]:
            if one not in taken and all(one in beside[each] for each in alike):
                alike.append(one)
        lead = alike[0]
        for one in alike[1:]:
            lead = leads(known[lead], known[one])
        others = [
            between
            for one, between in beside[lead].items()
            if one not in taken and (one in alike or leads(known[lead], known[one]) == lead)
        ]
        group = Group(lead, tuple(others[: MOST_IN_A_GROUP - 1]))
        taken.update(group.members)
        found.append(group)
    return found
