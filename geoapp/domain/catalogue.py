"""The city and what it offers: groups, services, agencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geoapp.domain.place import BBox, LonLat


class Clock(StrEnum):
    """How a target is counted."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the city's language and in English."""

    local: str
    english: str

    def as_dict(self, locale: str) -> dict[str, str]:
        """``{locale: …, "en": …}``."""
        return {locale: self.local, "en": self.english}


@dataclass(frozen=True, slots=True)
class Ombudsman:
    """Whom a citizen may turn to when the city doesn't keep its promise."""

    name: Name
    website: str
    phone: str


@dataclass(frozen=True, slots=True)
class City:
    """One tenant."""

    code: str
    slug: str
    name: Name
    timezone: str
    metric_srid: int
    locale: str
    ticket_prefix: str
    host: str | None
    centre: LonLat
    envelope: BBox
    practice: bool = False
    """A copy of a real one to learn on; its complaints are nobody's."""
    unprefixed: bool = False
    """The first one of this server: its addresses go without the slug, whoever comes later."""
    ombudsman: Ombudsman | None = None
    """None: nobody is offered."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of services: colour and glyph tell it on the map."""

    code: str
    name: Name
    colour: str
    colour_dark: str
    glyph: str
    position: int


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (OPD) as it is called today."""

    code: str
    name: Name
    short_name: str
    unit: str | None
    in_city: bool

    @property
    def display(self) -> str:
        """The name people know it by, with its acting unit: ``Dinas PUPR, Bina Marga``."""
        return self.short_name


@dataclass(frozen=True, slots=True)
class Service:
    """What can be complained about, with today's promise."""

    code: str
    group_code: str
    name: Name
    clock: Clock
    target: int
    agency_code: str
    blur_m: int
    duplicate_radius_m: int
    needs_place: bool
    glyph: str
    position: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a city offers on one day, by code."""

    day: date
    groups: dict[str, Group]
    services: dict[str, Service]
    agencies: dict[str, Agency]
