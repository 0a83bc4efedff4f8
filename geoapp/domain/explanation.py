"""Why a complaint goes where it goes: what led to the decision, as data.

What the sentences are is written in `geoapp.domain.explanation_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from geoapp.domain.place import LonLat
from geoapp.domain.reading import Place

NEAR_M = 50
"""Other kelurahan are told within so many metres of a point, or within its accuracy."""

MOST_ALTERNATIVES = 12
"""As many neighbours at most; a fix that rough says nothing about the next ones."""


class RuleKind(StrEnum):
    """What can name an agency, in the order in which they are tried."""

    ROAD_AUTHORITY = "road_authority"
    SERVICE_AREA = "service_area"
    SERVICE_DEFAULT = "service_default"


class Why(StrEnum):
    """Why a rule won or didn't."""

    WON = "won"
    LATER = "later"
    """It reaches the place, and another one comes first."""
    OTHER_AREAS = "other_areas"
    """It names other kelurahan."""
    ELSEWHERE = "elsewhere"
    """Its polygon doesn't cover the point."""
    NO_POINT = "no_point"
    """It is a polygon, and no point is known."""
    OUTSIDE = "outside"
    """It is for the whole city, and the point lies outside."""
    BY_HAND = "by_hand"
    """It reaches the place, and a person chose another agency."""
    OFFERED = "offered"
    """A road of another authority is near: an operator confirms it."""
    NO_ROAD = "no_road"
    """No road of another authority is near, or one of the city's is nearer."""


@dataclass(frozen=True, slots=True)
class SetTold:
    """A boundary set that an explanation rests on."""

    id: int
    version: str
    approximate: bool
    valid_from: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Covering:
    """A kelurahan whose polygon covers the point; metres from the point to its edge."""

    kelurahan: Place
    kecamatan: Place | None
    edge_distance_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was tried, the *n*-th.

    *distance_m* is how far its polygon lies from the point, where that is why it doesn't
    match. *agency_code* is None where the service's default agency acts.
    """

    n: int
    kind: RuleKind
    code: str
    name: str
    agency_code: str | None
    priority: int | None
    matched: bool
    why: Why
    distance_m: float | None = None

    @property
    def won(self) -> bool:
        """Whether this rule named the agency."""
        return self.why is Why.WON


@dataclass(frozen=True, slots=True)
class Alternative:
    """What would be decided if the place were in the next kelurahan, *distance_m* away."""

    kelurahan: Place
    kecamatan: Place | None
    distance_m: float
    agency_code: str


@dataclass(frozen=True, slots=True)
class RoadTold:
    """The nearest road of another authority than the city.

    *offer* is what became of offering it the complaint: ``open``, ``declined`` or
    ``confirmed``; None where nothing is offered, as for a place somebody only asks about.
    """

    code: str
    name: str
    ref: str | None
    authority: str
    agency_code: str | None
    distance_m: float
    offer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that led to a decision.

    *position* is EPSG:4326, None without a point. *place_method* is how the kelurahan was
    found; *method* that of the decision, ``manual`` where a person chose the agency.
    *edge_distance_m* is from the point to the edge of the polygon that won. *by_rule*:
    the rules lead to the agency; else a person chose it, or what isn't told here did.
    """

    position: LonLat | None
    accuracy_m: float | None
    service_code: str
    sets: Mapping[str, SetTold]
    covering: tuple[Covering, ...]
    kelurahan: Place | None
    kecamatan: Place | None
    method: str
    place_method: str
    ambiguous: bool
    edge_distance_m: float | None
    rules: tuple[Rule, ...]
    rules_of_others: int
    agency_code: str
    alternatives: tuple[Alternative, ...]
    by_rule: bool = True
    shown_within_m: int = 0
    road: RoadTold | None = field(default=None)

    @property
    def approximate(self) -> bool:
        """Whether the kelurahan's boundaries are rough."""
        kelurahan = self.sets.get("kelurahan")
        return kelurahan is not None and kelurahan.approximate

    @property
    def doubtful(self) -> bool:
        """Whether the position's accuracy reaches over the edge of the polygon that won."""
        return (
            self.accuracy_m is not None
            and self.edge_distance_m is not None
            and self.accuracy_m > self.edge_distance_m
        )

    @property
    def candidates(self) -> tuple[Place, ...]:
        """The kelurahan that may have been meant: the one taken, then those within accuracy."""
        if self.kelurahan is None or self.accuracy_m is None:
            return ()
        within = [
            other.kelurahan for other in self.alternatives if other.distance_m <= self.accuracy_m
        ]
        return (self.kelurahan, *within)


def why_not(coverage: str, *, has_point: bool) -> Why:
    """Why a service area of this *coverage* doesn't reach a place."""
    if coverage == "city":
        return Why.OUTSIDE
    if coverage == "areas":
        return Why.OTHER_AREAS
    return Why.ELSEWHERE if has_point else Why.NO_POINT
