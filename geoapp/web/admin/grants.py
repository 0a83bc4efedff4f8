"""Grants on pages: the form that gives one, and the words that say what one allows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from geoapp.domain.access import Grant, StaffRole
from geoapp.usecases import administration
from geoapp.usecases import administration_catalogue as catalogue
from geoapp.web.access import current_actor
from geoapp.web.admin.forms import Form
from geoapp.web.admin.views import agency_names
from geoapp.web.context import current_city, site

ROLES = tuple(role.value for role in StaffRole)


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """A kecamatan with its kelurahan, as pairs of code and name."""

    code: str
    name: str
    kelurahan: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a grant can name: roles, agencies and areas of the city today, names by code."""

    roles: tuple[str, ...]
    agencies: dict[str, str]
    by_kecamatan: list[Kecamatan]
    service_areas: dict[str, str]

    @property
    def kelurahan(self) -> dict[str, str]:
        """Names of kelurahan by code."""
        return dict(pair for parent in self.by_kecamatan for pair in parent.kelurahan)

    @property
    def kecamatan(self) -> dict[str, str]:
        """Names of kecamatan by code."""
        return {parent.code: parent.name for parent in self.by_kecamatan if parent.code}


def offered(*, machine: bool = False) -> Offered:
    """What may be chosen; a machine runs nobody's city."""
    where = (site().database, current_city(), current_actor())
    areas = administration.areas(*where)
    kelurahan = [area for area in areas if area.layer == "kelurahan"]
    roles = tuple(role for role in ROLES if not machine or role != StaffRole.CITY_ADMIN.value)
    return Offered(
        roles=roles,
        agencies=agency_names(catalogue.agencies(*where), catalogue.today(*where)),
        by_kecamatan=[
            Kecamatan(code or "", name or "", [(area.code, area.name) for area in own])
            for (code, name), own in groupby(
                kelurahan, key=lambda area: (area.parent_code, area.parent_name)
            )
        ],
        service_areas={area.code: area.name for area in areas if area.layer == "service_area"},
    )


def read_grant(form: Form, choice: Offered) -> Grant:
    """The grant a form describes; faults are noted in it."""
    agency = form.choice("agency", ("", *choice.agencies)) or None
    return Grant(
        role=StaffRole(form.choice("role", choice.roles)),
        agency_code=agency,
        kelurahan=form.choices("kelurahan", choice.kelurahan),
        kecamatan=form.choices("kecamatan", choice.kecamatan),
        service_areas=form.choices("service_areas", choice.service_areas),
    )
