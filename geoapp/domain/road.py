"""The road that a complaint lies at, and the offer to pass the complaint to its keeper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geoapp.domain.boundary_lines import Authority


class Offer(StrEnum):
    """What became of the offer to pass a complaint to its road's authority.

    Made for what somebody still works on: as it is stored, and when other roads come.
    """

    OPEN = "open"
    DECLINED = "declined"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class RoadFound:
    """A road that isn't the city's, near a place.

    Attributes:
        agency_code: Who keeps it; None where neither file nor city record name an agency.
        distance_m: To the road's middle line, in the city's metric CRS.
    """

    code: str
    name: str
    ref: str | None
    authority: Authority
    agency_code: str | None
    distance_m: float
