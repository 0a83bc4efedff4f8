"""The feed as staff hears it: what its grants cover, and that something left them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from geoapp.domain.access import Actor, Grant, Permission, reach, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Whose a complaint is and where it lies: what grants are compared with."""

    agency_code: str
    kelurahan_code: str | None
    kecamatan_code: str | None
    service_area_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEvent:
    """One event of the feed with the complaint as it stands at the moment of reading.

    Positions are the true ones, in degrees (EPSG:4326). *before* is where the complaint was
    until this very event moved it; None for events that move nothing.
    """

    id: int
    ticket: str
    kind: str
    at: datetime
    version: int
    service_code: str
    group_code: str
    status: str
    channel: str
    location_kind: str
    lon: float | None
    lat: float | None
    simulated: bool
    confidential: bool
    submitted_at: datetime
    due_at: datetime | None
    supporters: int
    agency_code: str
    kelurahan_code: str | None
    kelurahan_name: str | None
    kecamatan_code: str | None
    service_area_code: str | None
    officer_id: int | None
    officer_name: str | None
    before: Spot | None


class Hears(Enum):
    """What an audience is told of an event."""

    ALL = "all"
    GONE = "gone"
    """That the complaint left what the audience sees; no more of it than its ticket."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account reads; accounts of one sight are one audience.

    Attributes:
        everything: the whole city.
        grants: where it isn't; in no special order.
    """

    everything: bool
    grants: frozenset[Grant]

    @classmethod
    def of(cls, actor: Actor) -> Sight:
        """What *actor* reads.

        Raises:
            Forbidden: nothing at all.
        """
        require(actor, Permission.READ)
        grants = reach(actor, Permission.READ)
        return cls(not grants, frozenset(grants))

    @property
    def mark(self) -> str:
        """A text that tells this sight from others; it has no colon."""
        held = sorted(
            (
                grant.agency_code or "",
                *(
                    tuple(sorted(codes))
                    for codes in (grant.kelurahan, grant.kecamatan, grant.service_areas)
                ),
            )
            for grant in self.grants
        )
        return hashlib.sha256(repr((self.everything, held)).encode()).hexdigest()[:12]

    def hears(self, event: WorkEvent) -> Hears:
        """What this audience is told of *event*.

        What is in sight now is told whole. What is not is told to have gone by the event that
        took it away, once: if it was in sight before that. Anything else stays unheard.
        """
        if self._covers(event):
            return Hears.ALL
        if event.before is not None and self._covers(event.before):
            return Hears.GONE
        return Hears.NOTHING

    def _covers(self, where: Spot | WorkEvent) -> bool:
        return self.everything or any(grant.covers(where) for grant in self.grants)
