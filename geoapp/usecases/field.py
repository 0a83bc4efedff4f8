"""What a field team is told of its own areas before it sees any work."""

from __future__ import annotations

from dataclasses import dataclass

from geoapp.domain.access import ALLOWED, Actor, Permission, require
from geoapp.domain.catalogue import Catalogue, City
from geoapp.store import field as store
from geoapp.store.database import Database, Role


@dataclass(frozen=True, slots=True)
class Named:
    """A code and the name it goes by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnAreas:
    """Where an account works: what its page says and its filters offer.

    *everywhere*: at least one of its grants isn't limited to areas. *kelurahan* are those
    granted and those of the kecamatan granted; all of the city's for *everywhere*.
    *agencies* is empty for all of them. *granted* is what the grants name themselves.
    """

    everywhere: bool
    agencies: tuple[Named, ...]
    granted: tuple[Named, ...]
    kelurahan: tuple[Named, ...]
    kecamatan: tuple[Named, ...]
    service_areas: tuple[Named, ...]


def own_areas(database: Database, city: City, catalogue: Catalogue, actor: Actor) -> OwnAreas:
    """The areas of the grants with which *actor* works on the spot, with today's names.

    A granted area that isn't in force goes by its code.

    Raises:
        Forbidden: the account works nowhere.
    """
    require(actor, Permission.WORK)
    grants = [grant for grant in actor.grants if Permission.WORK in ALLOWED[grant.role]]
    everywhere = any(grant.everywhere for grant in grants)
    kelurahan = frozenset[str]().union(*(grant.kelurahan for grant in grants))
    kecamatan = frozenset[str]().union(*(grant.kecamatan for grant in grants))
    service_areas = frozenset[str]().union(*(grant.service_areas for grant in grants))
    with database.transaction(Role.VISITOR, city.code) as connection:
        listed = store.areas(connection, city.code)
        served = dict(store.service_areas(connection, city.code, sorted(service_areas)))
    names = {area.code: area.name for area in listed}
    parents = {area.parent_code: area.parent_name or area.parent_code for area in listed}
    own_kecamatan = [
        Named(code, name or code)
        for code, name in parents.items()
        if code is not None and (everywhere or code in kecamatan)
    ]
    own_service_areas = tuple(Named(code, served.get(code, code)) for code in sorted(service_areas))
    return OwnAreas(
        everywhere=everywhere,
        agencies=_agencies(catalogue, {grant.agency_code for grant in grants}),
        granted=(
            *(Named(code, parents.get(code) or code) for code in sorted(kecamatan)),
            *(Named(code, names.get(code, code)) for code in sorted(kelurahan)),
            *own_service_areas,
        ),
        kelurahan=tuple(
            Named(area.code, area.name)
            for area in listed
            if everywhere or area.code in kelurahan or area.parent_code in kecamatan
        ),
        kecamatan=tuple(sorted(own_kecamatan, key=lambda one: one.name)),
        service_areas=own_service_areas,
    )


def _agencies(catalogue: Catalogue, codes: set[str | None]) -> tuple[Named, ...]:
    if None in codes:
        return ()
    known = catalogue.agencies
    return tuple(
        Named(code, known[code].display if code in known else code)
        for code in sorted(code for code in codes if code is not None)
    )
