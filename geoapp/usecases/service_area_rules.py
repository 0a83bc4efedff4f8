"""Who acts where for one service, as a page lists it: rule by rule, in the order they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from geoapp.domain.catalogue import City, Service
from geoapp.domain.service_area import ServiceArea, in_order
from geoapp.store.database import Database
from geoapp.usecases import service_areas as use
from geoapp.usecases.service_areas import By

SLIVER_M2 = 1.0
"""A part below this is where two lines nearly meet; nobody stands in it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A kelurahan, or the share of it from 0 to 1, that a rule takes."""

    name: str
    kecamatan: str | None
    share: float

    @property
    def whole(self) -> bool:
        """Whether nothing of it is another rule's, to half a thousandth."""
        return self.share > 0.9995


@dataclass(frozen=True, slots=True)
class ActingRule:
    """A rule and what it takes; *area* None stands for the service's own agency."""

    area: ServiceArea | None
    agency_code: str
    takes: tuple[Taken, ...]


def rules(
    database: Database, city: City, set_id: int, service: Service, by: By
) -> list[ActingRule]:
    """Every rule of a set that speaks of *service*, with the kelurahan it takes once in force.

    Last comes the service's own agency, which acts where no rule does.
    """
    parts = use.acting(database, city, set_id, service.code, by)
    areas = [held.area for held in use.areas(database, city, set_id, by)]
    whole: dict[str, float] = {}
    for part in parts:
        whole[part.kelurahan_code] = whole.get(part.kelurahan_code, 0.0) + part.m2
    takes: dict[str | None, list[Taken]] = {}
    for part in parts:
        if part.m2 >= SLIVER_M2:
            share = part.m2 / whole[part.kelurahan_code]
            taken = Taken(part.kelurahan_name, part.kecamatan_name, share)
            takes.setdefault(part.rule_code, []).append(taken)
    about = [area for area in in_order(areas) if area.is_about(service.code, service.group_code)]
    acting = [
        ActingRule(area, area.agency_code or service.agency_code, tuple(takes.get(area.code, ())))
        for area in about
    ]
    return [*acting, ActingRule(None, service.agency_code, tuple(takes.get(None, ())))]
